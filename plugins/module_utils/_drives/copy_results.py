# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what a copy manager reports: RECEIVE COPY RESULTS in all its forms, and VPD page 8Fh."""

from __future__ import annotations

from .._passthrough.command import Command
from .._passthrough.errors import CheckCondition
from .._passthrough.make_command import make_command
from .._passthrough.sender import Sender
from .._scsi import receive_copy_lid4 as four_bytes
from .._scsi import receive_copy_results as copies
from .._scsi.inquiry import SPC_3
from .._scsi.sense import decode_sense
from .._scsi.table import Values
from .._scsi.vpd_third_party_copy import THIRD_PARTY_COPY, decode_third_party_copy
from .careful_session import CarefulSession
from .commands import vpd_page

#: Why a drive is not asked what its copy manager supports.
NO_COPY_MANAGER = "the drive reports no copy manager (3PC is 0 in its INQUIRY data)"


def may_have_copy_manager(session: CarefulSession) -> bool:
    """Whether to send RECEIVE COPY RESULTS to a drive.

    Since SPC-3 the INQUIRY data says so (3PC, 6.4.2), but some drives leave the bit at zero and yet list the command.
    """
    if session.standard["third_party_copy"] or session.version < SPC_3:
        return True
    return any(code == copies.OPERATION_CODE for code, _action in session.operations or ())


def _copy_results(session: Sender, service_action: int, list_id: int, allocation_length: int) -> bytes:
    return session.send(receive_copy_results(service_action, list_id, allocation_length)).data


def copy_operating_parameters(session: Sender, list_id: int, allocation_length: int) -> Values:
    """What the copy manager supports. The list identifier means nothing here and must be 0 for some targets."""
    return copies.decode_operating_parameters(
        _copy_results(session, copies.OPERATING_PARAMETERS, 0, allocation_length), session.warnings)


def copy_status(session: Sender, list_id: int, allocation_length: int) -> Values:
    """The progress of a copy operation."""
    return copies.decode_copy_status(
        _copy_results(session, copies.COPY_STATUS, list_id, allocation_length), session.warnings)


def held_data(session: Sender, list_id: int, allocation_length: int) -> Values:
    """The data that a copy operation kept for the application client."""
    return copies.decode_copy_data(
        _copy_results(session, copies.COPY_DATA, list_id, allocation_length), session.warnings)


def copy_failure_details(session: Sender, list_id: int, allocation_length: int) -> Values:
    """Why a copy operation failed, with its sense data as bytes and decoded."""
    return _with_sense(copies.decode_failure_details(
        _copy_results(session, copies.FAILURE_DETAILS, list_id, allocation_length), session.warnings))


def third_party_copy(session: Sender) -> list[Values] | None:
    """The descriptors of VPD page 8Fh; ``None`` if the drive has no such page."""
    try:
        return decode_third_party_copy(vpd_page(session, THIRD_PARTY_COPY), session.warnings)
    except CheckCondition as error:
        if not error.not_supported:
            raise
        return None


def _copy_results_lid4(session: Sender, service_action: int, list_id: int, allocation_length: int) -> bytes:
    return session.send(receive_copy_results_lid4(service_action, list_id, allocation_length)).data


def _with_sense(values: Values) -> Values:
    sense = values["sense_data"]
    return dict(values, sense=decode_sense(bytes.fromhex(sense)).facts() if sense else None)


def copy_status_lid4(session: Sender, list_id: int, allocation_length: int) -> Values:
    """The progress of a copy operation, with its sense data as bytes and decoded."""
    return _with_sense(four_bytes.decode_copy_status_lid4(
        _copy_results_lid4(session, copies.COPY_STATUS_LID4, list_id, allocation_length), session.warnings))


def held_data_lid4(session: Sender, list_id: int, allocation_length: int) -> Values:
    """The status, and the data that a copy operation kept for the application client."""
    return _with_sense(four_bytes.decode_copy_data_lid4(
        _copy_results_lid4(session, copies.COPY_DATA_LID4, list_id, allocation_length), session.warnings))


def rod_token_information(session: Sender, list_id: int, allocation_length: int) -> Values:
    """The status of an operation that created ROD tokens, and the tokens."""
    return _with_sense(four_bytes.decode_rod_token_information(
        _copy_results_lid4(session, copies.ROD_TOKEN_INFORMATION, list_id, allocation_length), session.warnings))


def all_rod_tokens(session: Sender, list_id: int, allocation_length: int) -> list[Values]:
    """The ROD tokens that the copy manager knows, whoever created them; the list identifier means nothing here."""
    del list_id
    return four_bytes.decode_all_rod_tokens(
        _copy_results_lid4(session, copies.ALL_ROD_TOKENS, 0, allocation_length), session.warnings)


def receive_copy_results(service_action: int, list_id: int, allocation_length: int) -> Command:
    """RECEIVE COPY RESULTS with a list identifier of one byte."""
    cdb = copies.RECEIVE_COPY_RESULTS.encode(
        service_action=service_action, list_identifier=list_id, allocation_length=allocation_length)
    return make_command(cdb, allocation_length)


def receive_copy_results_lid4(service_action: int, list_id: int, allocation_length: int) -> Command:
    """The same with a list identifier of four bytes."""
    cdb = copies.RECEIVE_COPY_RESULTS_LID4.encode(
        service_action=service_action, list_identifier=list_id, allocation_length=allocation_length)
    return make_command(cdb, allocation_length)
