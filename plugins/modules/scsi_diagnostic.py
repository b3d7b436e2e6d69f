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
  - Lists the diagnostic pages that a drive or an enclosure has, receives them, and sends one.
  - Does what C(sg_senddiag) does beside self tests, and what C(sg_ses) does to read. For self tests there is
    M(drivecare.scsi.scsi_selftest).
extends_documentation_fragment:
  - drivecare.scsi.drives
  - drivecare.scsi.drives.attributes
options:
  state:
    description:
      - V(received), the supported pages are listed and those in O(pages) are received.
      - V(sent), the page in O(data) or O(src) is sent. Without either, SEND DIAGNOSTIC is sent with nothing set,
        which some drives take and others refuse.
    type: str
    choices: [received, sent]
    default: received
  pages:
    description:
      - The pages to receive, by code, such as V(0x3f), V(3fh) or V(63), or by name as in RV(known_pages). They are
        decoded where they are known, and always given in hex.
    type: list
    elements: str
    default: []
  allocation_length:
    description: The most bytes that a page may have; a longer one is cut and a warning says so.
    type: int
    default: 4096
  data:
    description:
      - The page to send, with its header of four bytes, in hex. Bytes may be separated by spaces, commas, tabs and
        line ends; what follows a C(#) in a line is a comment.
    type: str
  src:
    description: A text file on the managed node with the page to send, in the form of O(data).
    type: path
  page_format:
    description:
      - Sets the PF bit, which says that what is sent is a page. By default where there is something to send.
      - What is sent without it is the maker's own affair, and needs O(force).
    type: bool
  device_offline:
    description: Sets DEVOFFL, with O(state=sent).
    type: bool
    default: false
  unit_offline:
    description: Sets UNITOFFL, with O(state=sent).
    type: bool
    default: false
  force:
    description:
      - Send also the pages by which an enclosure is controlled (02h, 04h, 05h, 06h, 0Ch, 0Fh), microcode (0Eh), the
        test functions of a SAS phy (3Fh), and what is no page.
    type: bool
    default: false
attributes:
  check_mode:
    description: In check mode nothing is sent that changes the drive; says what would be.
    support: full
  diff_mode:
    description: Nothing is known of what a page changes.
    support: none
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: partial
    details:
      - With O(state=sent) the page is sent, and reported as a change, each time.
notes:
  - Receiving needs read access to any node. Sending needs write access to an sg node, or CAP_SYS_RAWIO on a block
    node.
  - The drive must support RECEIVE DIAGNOSTIC RESULTS; most disks have few pages or none, enclosures have those of
    SES.
seealso:
  - module: drivecare.scsi.scsi_selftest
author:
  - The drivecare.scsi contributors (@drivecare)
"""

EXAMPLES = r"""
- name: What the enclosures say
  hosts: storage
  become: true
  tasks:
    - name: Read configuration and status
      drivecare.scsi.scsi_diagnostic:
        devices: /dev/sg24
        pages: [configuration, enclosure control/status]
      register: shelf

    - name: Show the temperatures
      ansible.builtin.debug:
        msg: "{{ shelf.drives[0].diagnostics.pages[1].decoded.groups }}"

- name: Which diagnostic pages do the drives have?
  hosts: storage
  become: true
  tasks:
    - name: Ask all
      drivecare.scsi.scsi_diagnostic:
        devices: /dev/sg*
        on_error: report
      register: pages

    - name: Show them by name
      ansible.builtin.debug:
        msg: "{{ item.device }}: {{ item.diagnostics.supported | map(attribute='name') | join(', ') }}"
      loop: "{{ pages.drives | selectattr('diagnostics.supported') }}"
      loop_control:
        label: "{{ item.device }}"

- name: Let a phy send a test pattern, and stop it
  hosts: storage
  become: true
  tasks:
    - name: Send the protocol specific page of SAS
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
    - The pages that have a name, whatever a drive has. With O(devices=[]) they can be had without a drive.
  returned: always
  type: list
  elements: dict
  sample: [{"value": 0, "name": "supported diagnostic pages"}]
drives:
  description: An entry a drive, in the order of O(devices).
  returned: always
  type: list
  elements: dict
  contains:
    device:
      description: The drive as the task named it.
      type: str
      sample: /dev/sg24
    wwn:
      description: The logical unit's name, V(none) where the drive has none.
      type: str
      sample: naa.5000c500a1b2c3d4
    status:
      description:
        - V(ok), V(failed), V(timeout), or V(skipped) for another way to the same drive.
        - A drive without diagnostic pages is V(ok) where none was to be received.
      type: str
      sample: ok
    reason:
      description: What the drive lacks, what went wrong, or what would be sent, V(none) where nothing is to say.
      type: str
      sample: null
    error:
      description: The error as data where the drive or the way to it failed, else V(none).
      type: dict
      sample: null
    warnings:
      description: What the drive said beside its answers, and what of them could not be trusted.
      type: list
      elements: str
      sample: []
    commands:
      description: Every command with its answer.
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
      description: The pages, V(none) where the drive could not be asked.
      type: dict
      contains:
        supported:
          description: The pages that the drive has, V(none) where it has none or was not asked.
          type: list
          elements: dict
          sample: [{"value": 0, "name": "supported diagnostic pages"}, {"value": 63, "name": "protocol specific"}]
        pages:
          description: The pages that were received.
          type: list
          elements: dict
          contains:
            page:
              description: Its code and name.
              type: dict
              sample: {"value": 1, "name": "configuration"}
            data:
              description: All of it in hex.
              type: str
              sample: "0100000800000000"
            length:
              description: How many bytes arrived.
              type: int
              sample: 8
            decoded:
              description: What stands in it, V(none) where the page is not known here.
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
          description: What was sent, V(none) where nothing was.
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
