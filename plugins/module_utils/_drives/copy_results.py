# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading what a copy manager tells: RECEIVE COPY RESULTS in all its forms, and VPD page 8Fh."""

from __future__ import annotations

from typing import Any, Dict

from .._passthrough.command import Command
from .._passthrough.errors import CheckCondition
from .._passthrough.session import Session
from .._scsi import receive_copy_lid4 as four_bytes
from .._scsi import receive_copy_results as copies
from .._scsi.sense import decode_sense
from .._scsi.vpd_third_party_copy import THIRD_PARTY_COPY, decode_third_party_copy
from .commands import command, vpd_page

Values = Dict[str, Any]


def _copy_results(session: Session, service_action: int, list_id: int, allocation_length: int) -> bytes:
    return session.send(receive_copy_results(service_action, list_id, allocation_length)).data


def copy_operating_parameters(session: Session, warnings: list[str], list_id: int, allocation_length: int) -> Values:
    """What the copy manager can do. The list identifier means nothing here and must be 0 for some targets."""
    return copies.decode_operating_parameters(
        _copy_results(session, copies.OPERATING_PARAMETERS, 0, allocation_length), warnings)


def copy_status(session: Session, warnings: list[str], list_id: int, allocation_length: int) -> Values:
    """How far a copy operation is."""
    return copies.decode_copy_status(
        _copy_results(session, copies.COPY_STATUS, list_id, allocation_length), warnings)


def held_data(session: Session, warnings: list[str], list_id: int, allocation_length: int) -> Values:
    """The data that a copy operation kept for the application client."""
    return copies.decode_copy_data(_copy_results(session, copies.COPY_DATA, list_id, allocation_length), warnings)


def copy_failure_details(session: Session, warnings: list[str], list_id: int, allocation_length: int) -> Values:
    """Why a copy operation failed; its sense data decoded beside the bytes."""
    return _with_sense(copies.decode_failure_details(
        _copy_results(session, copies.FAILURE_DETAILS, list_id, allocation_length), warnings))


def third_party_copy(session: Session, warnings: list[str]) -> list[Values] | None:
    """The descriptors of VPD page 8Fh; ``None`` where the drive has no such page."""
    try:
        return decode_third_party_copy(vpd_page(session, THIRD_PARTY_COPY), warnings)
    except CheckCondition as error:
        if not error.not_supported:
            raise
        return None


def _copy_results_lid4(session: Session, service_action: int, list_id: int, allocation_length: int) -> bytes:
    return session.send(receive_copy_results_lid4(service_action, list_id, allocation_length)).data


def _with_sense(values: Values) -> Values:
    sense = values["sense_data"]
    return dict(values, sense=decode_sense(bytes.fromhex(sense)).facts() if sense else None)


def copy_status_lid4(session: Session, warnings: list[str], list_id: int, allocation_length: int) -> Values:
    """How far a copy operation is; its sense data decoded beside the bytes."""
    return _with_sense(four_bytes.decode_copy_status_lid4(
        _copy_results_lid4(session, copies.COPY_STATUS_LID4, list_id, allocation_length), warnings))


def held_data_lid4(session: Session, warnings: list[str], list_id: int, allocation_length: int) -> Values:
    """The status, and the data that a copy operation kept for the application client."""
    return _with_sense(four_bytes.decode_copy_data_lid4(
        _copy_results_lid4(session, copies.COPY_DATA_LID4, list_id, allocation_length), warnings))


def rod_token_information(session: Session, warnings: list[str], list_id: int, allocation_length: int) -> Values:
    """The status of an operation that made ROD tokens, and the tokens."""
    return _with_sense(four_bytes.decode_rod_token_information(
        _copy_results_lid4(session, copies.ROD_TOKEN_INFORMATION, list_id, allocation_length), warnings))


def all_rod_tokens(session: Session, warnings: list[str], list_id: int, allocation_length: int) -> list[Values]:
    """The ROD tokens that the copy manager knows, whoever made them; the list identifier means nothing here."""
    del list_id
    return four_bytes.decode_all_rod_tokens(
        _copy_results_lid4(session, copies.ALL_ROD_TOKENS, 0, allocation_length), warnings)


#: What an operation that has ended is forgotten by (SPC-4 6.18).
_FORGETTING = (
    copies.COPY_STATUS, copies.COPY_DATA, copies.FAILURE_DETAILS, copies.COPY_STATUS_LID4, copies.COPY_DATA_LID4,
    copies.ROD_TOKEN_INFORMATION)


def forgets(cdb: bytes) -> bool:
    """Whether the drive may forget what the command returns."""
    return cdb[0] == copies.OPERATION_CODE and cdb[1] & 0x1F in _FORGETTING


def receive_copy_results(service_action: int, list_id: int, allocation_length: int) -> Command:
    """RECEIVE COPY RESULTS with a list identifier of one byte."""
    cdb = copies.RECEIVE_COPY_RESULTS.encode(
        service_action=service_action, list_identifier=list_id, allocation_length=allocation_length)
    return command(cdb, allocation_length, discards=service_action in _FORGETTING)


def receive_copy_results_lid4(service_action: int, list_id: int, allocation_length: int) -> Command:
    """The same with a list identifier of four bytes."""
    cdb = copies.RECEIVE_COPY_RESULTS_LID4.encode(
        service_action=service_action, list_identifier=list_id, allocation_length=allocation_length)
    return command(cdb, allocation_length, discards=service_action in _FORGETTING)
