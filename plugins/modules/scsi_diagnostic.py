#!/usr/bin/python
# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: scsi_diagnostic
short_description: Receive and send diagnostic pages of SCSI drives and enclosures
version_added: 0.1.0
description:
  - Lists the diagnostic pages that a drive or an enclosure supports, receives them, and sends one.
  - Does what C(sg_senddiag) does, except for self tests, and what C(sg_ses) does to read. For self tests, use
    M(drivecare.scsi.scsi_selftest).
extends_documentation_fragment:
  - drivecare.scsi.drives
  - drivecare.scsi.drives.attributes
options:
  state:
    description:
      - V(received) lists the supported pages and receives those in O(pages).
      - V(sent) sends the page in O(data) or O(src). If neither is given, SEND DIAGNOSTIC is sent without any bit set,
        which some drives accept and others refuse.
    type: str
    choices: [received, sent]
    default: received
  pages:
    description:
      - The pages to receive, by code, such as V(0x3f), V(3fh), or V(63), or by name as in RV(known_pages). They are
        decoded if they are known, and always returned in hex.
    type: list
    elements: str
    default: []
  allocation_length:
    description: The maximum number of bytes of a page. A longer page is truncated, with a warning.
    type: int
    default: 4096
  data:
    description:
      - The page to send in hex, including its header of four bytes. Bytes may be separated by spaces, commas, tabs, and
        line breaks. Text after a C(#) in a line is a comment.
    type: str
  src:
    description: A text file on the managed node with the page to send, in the form of O(data).
    type: path
  page_format:
    description:
      - Whether to set the PF bit, which declares that the data are a diagnostic page. By default it is set if there are
        data to send.
      - The meaning of data that are sent without the bit is vendor specific, so this needs O(force=true).
    type: bool
  device_offline:
    description:
      - Whether to set DEVOFFL, with O(state=sent).
      - A drive that is mounted, used for swap, or part of an array or a volume is refused unless O(force=true).
    type: bool
    default: false
  unit_offline:
    description:
      - Whether to set UNITOFFL, with O(state=sent).
      - For a drive that is in use, the same restriction applies as for O(device_offline).
    type: bool
    default: false
  force:
    description:
      - Whether to send also the pages that control an enclosure (02h, 04h, 05h, 06h, 0Ch, 0Fh) or download microcode
        (0Eh), the test functions of a SAS phy (3Fh), and data that are not a page.
      - With O(device_offline) or O(unit_offline), whether to send the page even if the drive is in use, on this or
        another path, or if that cannot be known.
    type: bool
    default: false
attributes:
  check_mode:
    description: In check mode, nothing that changes the drive is sent, and no vendor-specific page is received. The
      module reports what would be sent.
    support: full
  diff_mode:
    description: It is not known what a page changes.
    support: none
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: partial
    details: With O(state=sent), the page is sent and reported as a change every time.
notes:
  - Receiving a page needs read access to a node of any kind. Sending one needs write access to an sg node, or
    CAP_SYS_RAWIO on a block node.
  - The drive must support RECEIVE DIAGNOSTIC RESULTS. Most disks have few pages or none; enclosures have those of SCSI
    Enclosure Services (SES).
seealso:
  - module: drivecare.scsi.scsi_selftest
author:
  - The drivecare.scsi contributors (@drivecare)
"""

EXAMPLES = r"""
- name: Read the status of the enclosures
  hosts: storage
  become: true
  tasks:
    - name: Receive the configuration and status pages
      drivecare.scsi.scsi_diagnostic:
        devices: /dev/sg24
        pages: [configuration, enclosure control/status]
      register: shelf

    - name: Show the temperatures
      ansible.builtin.debug:
        msg: "{{ shelf.drives[0].diagnostics.pages[1].decoded.groups }}"

- name: List the diagnostic pages of all drives
  hosts: storage
  become: true
  tasks:
    - name: Receive the lists of supported pages
      drivecare.scsi.scsi_diagnostic:
        devices: /dev/sg*
        on_error: report
      register: pages

    - name: Show the names of the pages
      ansible.builtin.debug:
        msg: "{{ item.device }}: {{ item.diagnostics.supported | map(attribute='name') | join(', ') }}"
      loop: "{{ pages.drives | selectattr('diagnostics.supported') }}"
      loop_control:
        label: "{{ item.device }}"

- name: Make a phy transmit a test pattern and stop it
  hosts: storage
  become: true
  tasks:
    - name: Send the protocol specific page for SAS
      drivecare.scsi.scsi_diagnostic:
        devices: /dev/sg3
        state: sent
        force: true
        data: |
          3f 06 00 1c  # page 3Fh, SAS, 28 bytes follow
          00 01 02 0a  # phy 0, transmit, CJTPAT, 6 Gbit/s
          00 00 00 00 00 00 00 00
          00 00 00 00 00 00 00 00
          00 00 00 00 00 00 00 00
"""

RETURN = r"""
known_pages:
  description:
    - The pages that the module knows by name, whether or not a drive supports them. With O(devices=[]), they are
      returned without access to a drive.
  returned: always
  type: list
  elements: dict
  sample: [{"value": 0, "name": "supported diagnostic pages"}]
drives:
  description: One entry per drive, in the order of O(devices).
  returned: always
  type: list
  elements: dict
  contains:
    device:
      description: The address of the drive. Patterns, names, and V(all) in O(devices) are resolved.
      type: str
      sample: /dev/sg24
    wwn:
      description: The world wide name of the logical unit, V(none) if it has none.
      type: str
      sample: naa.5000c500a1b2c3d4
    status:
      description:
        - V(ok), V(failed), V(timeout), or V(skipped) if another entry leads to the same drive or if a pattern matched
          something that is not a drive.
        - A drive without diagnostic pages is V(ok) unless a page must be received.
      type: str
      sample: ok
    reason:
      description:
        - What the drive does not support, what went wrong, or what would be sent, V(none) if there is nothing to
          report.
      type: str
      sample: null
    error:
      description: The error as structured data if the drive or the transport failed, otherwise V(none).
      type: dict
      sample: null
    exception:
      description: The traceback, if C(error.kind) is V(internal), which is an error of the collection itself.
      returned: if an error of the collection ended the work on the drive
      type: str
      sample: "Traceback (most recent call last): ..."
    warnings:
      description: Unit attentions, deferred and recovered errors, and parts of responses that could not be trusted.
      type: list
      elements: str
      sample: []
    commands:
      description: Every command that was sent, with its response.
      returned: with O(raw), or verbosity 3 or more
      type: list
      elements: dict
      sample:
        - name: RECEIVE DIAGNOSTIC RESULTS
          cdb: "1c0100100000"
          data_in: "0000000800010205070a3f80"
          sense: ""
          status: GOOD
          residual: 4084
    diagnostics:
      description: The diagnostic pages, V(none) if the drive could not be queried.
      type: dict
      contains:
        supported:
          description: The pages that the drive supports, V(none) if it supports none or was not queried.
          type: list
          elements: dict
          sample: [{"value": 0, "name": "supported diagnostic pages"}, {"value": 63, "name": "protocol specific"}]
        pages:
          description: The pages that were received.
          type: list
          elements: dict
          contains:
            page:
              description: The code and the name of the page.
              type: dict
              sample: {"value": 1, "name": "configuration"}
            data:
              description: The whole page, in hex.
              type: str
              sample: "0100000800000000"
            length:
              description: The number of bytes received.
              type: int
              sample: 8
            decoded:
              description: The decoded page, V(none) if the page is not known.
              type: raw
              sample:
                generation_code: 1
                enclosures:
                  - subenclosure_identifier: 0
                    relative_enclosure_services_process_identifier: 1
                    number_of_enclosure_services_processes: 1
                    number_of_type_descriptor_headers: 6
                    enclosure_descriptor_length: 36
                    enclosure_logical_identifier: "5000000000000000"
                    enclosure_vendor_identification: DRVCARE
                    product_identification: EMULATED SHELF
                    product_revision_level: "0001"
                types:
                  - element_type: {"value": 23, "name": "array device slot"}
                    number_of_possible_elements: 12
                    subenclosure_identifier: 0
                    type_descriptor_text_length: 17
                    text: array device slot
        sent:
          description: The page that was sent, V(none) if none was.
          type: dict
          sample: {"page": {"value": 63, "name": "protocol specific"}, "length": 32}
"""

from ansible_collections.drivecare.scsi.plugins.module_utils._drives.diagnostics import (
    Wanted,
    known_pages,
    run_diagnostics,
)
from ansible_collections.drivecare.scsi.plugins.module_utils._module import DriveModule


def main() -> None:
    module = DriveModule({
        "state": {"type": "str", "default": "received", "choices": ["received", "sent"]},
        "pages": {"type": "list", "elements": "str", "default": []},
        "allocation_length": {"type": "int", "default": 4096},
        "data": {"type": "str"},
        "src": {"type": "path"},
        "page_format": {"type": "bool"},
        "device_offline": {"type": "bool", "default": False},
        "unit_offline": {"type": "bool", "default": False},
        "force": {"type": "bool", "default": False},
    }, devices_may_be_empty=True, mutually_exclusive=[("data", "src")])
    wanted = module.checked(Wanted.from_options, module.params)
    module.run(run_diagnostics, wanted, known_pages=known_pages())


if __name__ == "__main__":
    main()
