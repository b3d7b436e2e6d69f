# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Additional sense codes by name (SPC-6 4.4.6, sense key and additional sense code definitions).

The numbers and names are those of T10's list "SCSI ASC/ASCQ Assignments" (asc-num.txt) as of November 2024, in lower
case except for abbreviations and commands.
"""

from __future__ import annotations

# Additional sense codes whose qualifier is not a code but the number of a component, a tag or an algorithm: code, first
# and last qualifier, text.
# Qualifiers below 80h for 40h, and all for 41h and 42h, are from SCSI-1 and SCSI-2: T10 now lists only 00h.
RANGES: tuple[tuple[int, int, int, str], ...] = (
    (0x40, 0x01, 0x7F, "RAM failure, component {0:02X}h"),
    (0x40, 0x80, 0xFF, "diagnostic failure on component {0:02X}h"),
    (0x41, 0x01, 0xFF, "data path failure, component {0:02X}h"),
    (0x42, 0x01, 0xFF, "power-on or self-test failure, component {0:02X}h"),
    (0x4D, 0x00, 0xFF, "tagged overlapped commands, task tag {0:02X}h"),
    (0x70, 0x00, 0xFF, "decompression exception short algorithm id of {0:02X}h"),
)

# As text, because that compiles and loads in no time, while a dictionary literal would cost every module milliseconds
# when it starts; it becomes a dictionary when the first name is looked up.
_ASSIGNMENTS = """\
00 00 no additional sense information
00 01 filemark detected
00 02 end-of-partition/medium detected
00 03 setmark detected
00 04 beginning-of-partition/medium detected
00 05 end-of-data detected
00 06 I/O process terminated
00 07 programmable early warning detected
00 11 audio play operation in progress
00 12 audio play operation paused
00 13 audio play operation successfully completed
00 14 audio play operation stopped due to error
00 15 no current audio status to return
00 16 operation in progress
00 17 cleaning requested
00 18 erase operation in progress
00 19 locate operation in progress
00 1A rewind operation in progress
00 1B set capacity operation in progress
00 1C verify operation in progress
00 1D ATA pass through information available
00 1E conflicting SA creation request
00 1F logical unit transitioning to another power condition
00 20 extended copy information available
00 21 atomic command aborted due to ACA
00 22 deferred microcode is pending
00 23 overlapping atomic command in progress
01 00 no index/sector signal
02 00 no seek complete
03 00 peripheral device write fault
03 01 no write current
03 02 excessive write errors
04 00 logical unit not ready, cause not reportable
04 01 logical unit is in process of becoming ready
04 02 logical unit not ready, initializing command required
04 03 logical unit not ready, manual intervention required
04 04 logical unit not ready, format in progress
04 05 logical unit not ready, rebuild in progress
04 06 logical unit not ready, recalculation in progress
04 07 logical unit not ready, operation in progress
04 08 logical unit not ready, long write in progress
04 09 logical unit not ready, self-test in progress
04 0A logical unit not accessible, asymmetric access state transition
04 0B logical unit not accessible, target port in standby state
04 0C logical unit not accessible, target port in unavailable state
04 0D logical unit not ready, structure check required
04 0E logical unit not ready, security session in progress
04 10 logical unit not ready, auxiliary memory not accessible
04 11 logical unit not ready, notify (enable spinup) required
04 12 logical unit not ready, offline
04 13 logical unit not ready, SA creation in progress
04 14 logical unit not ready, space allocation in progress
04 15 logical unit not ready, robotics disabled
04 16 logical unit not ready, configuration required
04 17 logical unit not ready, calibration required
04 18 logical unit not ready, a door is open
04 19 logical unit not ready, operating in sequential mode
04 1A logical unit not ready, START STOP UNIT command in progress
04 1B logical unit not ready, sanitize in progress
04 1C logical unit not ready, additional power use not yet granted
04 1D logical unit not ready, configuration in progress
04 1E logical unit not ready, microcode activation required
04 1F logical unit not ready, microcode download required
04 20 logical unit not ready, logical unit reset required
04 21 logical unit not ready, hard reset required
04 22 logical unit not ready, power cycle required
04 23 logical unit not ready, affiliation required
04 24 depopulation in progress
04 25 depopulation restoration in progress
05 00 logical unit does not respond to selection
06 00 no reference position found
07 00 multiple peripheral devices selected
08 00 logical unit communication failure
08 01 logical unit communication time-out
08 02 logical unit communication parity error
08 03 logical unit communication CRC error (Ultra-DMA/32)
08 04 unreachable copy target
09 00 track following error
09 01 tracking servo failure
09 02 focus servo failure
09 03 spindle servo failure
09 04 head select fault
09 05 vibration induced tracking error
0A 00 error log overflow
0B 00 warning
0B 01 warning - specified temperature exceeded
0B 02 warning - enclosure degraded
0B 03 warning - background self-test failed
0B 04 warning - background pre-scan detected medium error
0B 05 warning - background medium scan detected medium error
0B 06 warning - non-volatile cache now volatile
0B 07 warning - degraded power to non-volatile cache
0B 08 warning - power loss expected
0B 09 warning - device statistics notification active
0B 0A warning - high critical temperature limit exceeded
0B 0B warning - low critical temperature limit exceeded
0B 0C warning - high operating temperature limit exceeded
0B 0D warning - low operating temperature limit exceeded
0B 0E warning - high critical humidity limit exceeded
0B 0F warning - low critical humidity limit exceeded
0B 10 warning - high operating humidity limit exceeded
0B 11 warning - low operating humidity limit exceeded
0B 12 warning - microcode security at risk
0B 13 warning - microcode digital signature validation failure
0B 14 warning - physical element status change
0C 00 write error
0C 01 write error - recovered with auto reallocation
0C 02 write error - auto reallocation failed
0C 03 write error - recommend reassignment
0C 04 compression check miscompare error
0C 05 data expansion occurred during compression
0C 06 block not compressible
0C 07 write error - recovery needed
0C 08 write error - recovery failed
0C 09 write error - loss of streaming
0C 0A write error - padding blocks added
0C 0B auxiliary memory write error
0C 0C write error - unexpected unsolicited data
0C 0D write error - not enough unsolicited data
0C 0E multiple write errors
0C 0F defects in error window
0C 10 incomplete multiple atomic write operations
0C 11 write error - recovery scan needed
0C 12 write error - insufficient zone resources
0D 00 error detected by third party temporary initiator
0D 01 third party device failure
0D 02 copy target device not reachable
0D 03 incorrect copy target device type
0D 04 copy target device data underrun
0D 05 copy target device data overrun
0E 00 invalid information unit
0E 01 information unit too short
0E 02 information unit too long
0E 03 invalid field in command information unit
10 00 ID CRC or ECC error
10 01 logical block guard check failed
10 02 logical block application tag check failed
10 03 logical block reference tag check failed
10 04 logical block protection error on recover buffered data
10 05 logical block protection method error
11 00 unrecovered read error
11 01 read retries exhausted
11 02 error too long to correct
11 03 multiple read errors
11 04 unrecovered read error - auto reallocate failed
11 05 L-EC uncorrectable error
11 06 CIRC unrecovered error
11 07 data re-synchronization error
11 08 incomplete block read
11 09 no gap found
11 0A miscorrected error
11 0B unrecovered read error - recommend reassignment
11 0C unrecovered read error - recommend rewrite the data
11 0D de-compression CRC error
11 0E cannot decompress using declared algorithm
11 0F error reading UPC/EAN number
11 10 error reading ISRC number
11 11 read error - loss of streaming
11 12 auxiliary memory read error
11 13 read error - failed retransmission request
11 14 read error - LBA marked bad by application client
11 15 write after sanitize required
12 00 address mark not found for ID field
13 00 address mark not found for data field
14 00 recorded entity not found
14 01 record not found
14 02 filemark or setmark not found
14 03 end-of-data not found
14 04 block sequence error
14 05 record not found - recommend reassignment
14 06 record not found - data auto-reallocated
14 07 locate operation failure
15 00 random positioning error
15 01 mechanical positioning error
15 02 positioning error detected by read of medium
16 00 data synchronization mark error
16 01 data sync error - data rewritten
16 02 data sync error - recommend rewrite
16 03 data sync error - data auto-reallocated
16 04 data sync error - recommend reassignment
17 00 recovered data with no error correction applied
17 01 recovered data with retries
17 02 recovered data with positive head offset
17 03 recovered data with negative head offset
17 04 recovered data with retries and/or CIRC applied
17 05 recovered data using previous sector ID
17 06 recovered data without ECC - data auto-reallocated
17 07 recovered data without ECC - recommend reassignment
17 08 recovered data without ECC - recommend rewrite
17 09 recovered data without ECC - data rewritten
18 00 recovered data with error correction applied
18 01 recovered data with error corr. & retries applied
18 02 recovered data - data auto-reallocated
18 03 recovered data with CIRC
18 04 recovered data with L-EC
18 05 recovered data - recommend reassignment
18 06 recovered data - recommend rewrite
18 07 recovered data with ECC - data rewritten
18 08 recovered data with linking
19 00 defect list error
19 01 defect list not available
19 02 defect list error in primary list
19 03 defect list error in grown list
1A 00 parameter list length error
1B 00 synchronous data transfer error
1C 00 defect list not found
1C 01 primary defect list not found
1C 02 grown defect list not found
1D 00 miscompare during verify operation
1D 01 miscompare verify of unmapped LBA
1E 00 recovered ID with ECC correction
1F 00 partial defect list transfer
20 00 invalid command operation code
20 01 access denied - initiator pending-enrolled
20 02 access denied - no access rights
20 03 access denied - invalid mgmt ID key
20 04 illegal command while in write capable state
20 05 write type operation while in read capable state (obsolete)
20 06 illegal command while in explicit address mode
20 07 illegal command while in implicit address mode
20 08 access denied - enrollment conflict
20 09 access denied - invalid LU identifier
20 0A access denied - invalid proxy token
20 0B access denied - ACL LUN conflict
20 0C illegal command when not in append-only mode
20 0D not an administrative logical unit
20 0E not a subsidiary logical unit
20 0F not a conglomerate logical unit
21 00 logical block address out of range
21 01 invalid element address
21 02 invalid address for write
21 03 invalid write crossing layer jump
21 04 unaligned write command
21 05 write boundary violation
21 06 attempt to read invalid data
21 07 read boundary violation
21 08 misaligned write command
21 09 attempt to access gap zone
22 00 illegal function (use 20 00, 24 00, or 26 00)
23 00 invalid token operation, cause not reportable
23 01 invalid token operation, unsupported token type
23 02 invalid token operation, remote token usage not supported
23 03 invalid token operation, remote ROD token creation not supported
23 04 invalid token operation, token unknown
23 05 invalid token operation, token corrupt
23 06 invalid token operation, token revoked
23 07 invalid token operation, token expired
23 08 invalid token operation, token cancelled
23 09 invalid token operation, token deleted
23 0A invalid token operation, invalid token length
24 00 invalid field in CDB
24 01 CDB decryption error
24 02 invalid CDB field while in explicit block model (obsolete)
24 03 invalid CDB field while in implicit block model (obsolete)
24 04 security audit value frozen
24 05 security working key frozen
24 06 nonce not unique
24 07 nonce timestamp out of range
24 08 invalid XCDB
24 09 invalid fast format
25 00 logical unit not supported
26 00 invalid field in parameter list
26 01 parameter not supported
26 02 parameter value invalid
26 03 threshold parameters not supported
26 04 invalid release of persistent reservation
26 05 data decryption error
26 06 too many target descriptors
26 07 unsupported target descriptor type code
26 08 too many segment descriptors
26 09 unsupported segment descriptor type code
26 0A unexpected inexact segment
26 0B inline data length exceeded
26 0C invalid operation for copy source or destination
26 0D copy segment granularity violation
26 0E invalid parameter while port is enabled
26 0F invalid data-out buffer integrity check value
26 10 data decryption key fail limit reached
26 11 incomplete key-associated data set
26 12 vendor specific key reference not found
26 13 application tag mode page is invalid
26 14 tape stream mirroring prevented
26 15 copy source or copy destination not authorized
26 16 fast copy not possible
27 00 write protected
27 01 hardware write protected
27 02 logical unit software write protected
27 03 associated write protect
27 04 persistent write protect
27 05 permanent write protect
27 06 conditional write protect
27 07 space allocation failed write protect
27 08 zone is read only
28 00 not ready to ready change, medium may have changed
28 01 import or export element accessed
28 02 format-layer may have changed
28 03 import/export element accessed, medium changed
29 00 power on, reset, or bus device reset occurred
29 01 power on occurred
29 02 SCSI bus reset occurred
29 03 bus device reset function occurred
29 04 device internal reset
29 05 transceiver mode changed to single-ended
29 06 transceiver mode changed to LVD
29 07 I_T nexus loss occurred
2A 00 parameters changed
2A 01 mode parameters changed
2A 02 log parameters changed
2A 03 reservations preempted
2A 04 reservations released
2A 05 registrations preempted
2A 06 asymmetric access state changed
2A 07 implicit asymmetric access state transition failed
2A 08 priority changed
2A 09 capacity data has changed
2A 0A error history I_T nexus cleared
2A 0B error history snapshot released
2A 0C error recovery attributes have changed
2A 0D data encryption capabilities changed
2A 10 timestamp changed
2A 11 data encryption parameters changed by another I_T nexus
2A 12 data encryption parameters changed by vendor specific event
2A 13 data encryption key instance counter has changed
2A 14 SA creation capabilities data has changed
2A 15 medium removal prevention preempted
2A 16 zone reset write pointer recommended
2B 00 copy cannot execute since host cannot disconnect
2C 00 command sequence error
2C 01 too many windows specified
2C 02 invalid combination of windows specified
2C 03 current program area is not empty
2C 04 current program area is empty
2C 05 illegal power condition request
2C 06 persistent prevent conflict
2C 07 previous BUSY status
2C 08 previous TASK SET FULL status
2C 09 previous RESERVATION CONFLICT status
2C 0A partition or collection contains user objects
2C 0B not reserved
2C 0C ORWRITE generation does not match
2C 0D reset write pointer not allowed
2C 0E zone is offline
2C 0F stream not open
2C 10 unwritten data in zone
2C 11 descriptor format sense data required
2C 12 zone is inactive
2C 13 well known logical unit access required
2D 00 overwrite error on update in place
2E 00 insufficient time for operation
2E 01 command timeout before processing
2E 02 command timeout during processing
2E 03 command timeout during processing due to error recovery
2F 00 commands cleared by another initiator
2F 01 commands cleared by power loss notification
2F 02 commands cleared by device server
2F 03 some commands cleared by queuing layer event
30 00 incompatible medium installed
30 01 cannot read medium - unknown format
30 02 cannot read medium - incompatible format
30 03 cleaning cartridge installed
30 04 cannot write medium - unknown format
30 05 cannot write medium - incompatible format
30 06 cannot format medium - incompatible medium
30 07 cleaning failure
30 08 cannot write - application code mismatch
30 09 current session not fixated for append
30 0A cleaning request rejected
30 0B cleaning tape expired
30 0C WORM medium - overwrite attempted
30 0D WORM medium - integrity check
30 10 medium not formatted
30 11 incompatible volume type
30 12 incompatible volume qualifier
30 13 cleaning volume expired
31 00 medium format corrupted
31 01 format command failed
31 02 zoned formatting failed due to spare linking
31 03 sanitize command failed
31 04 depopulation failed
31 05 depopulation restoration failed
32 00 no defect spare location available
32 01 defect list update failure
33 00 tape length error
34 00 enclosure failure
35 00 enclosure services failure
35 01 unsupported enclosure function
35 02 enclosure services unavailable
35 03 enclosure services transfer failure
35 04 enclosure services transfer refused
35 05 enclosure services checksum error
36 00 ribbon, ink, or toner failure
37 00 rounded parameter
38 00 event status notification
38 02 ESN - power management class event
38 04 ESN - media class event
38 06 ESN - device busy class event
38 07 thin provisioning soft threshold reached
38 08 depopulation interrupted
38 09 depopulation restoration interrupted
39 00 saving parameters not supported
3A 00 medium not present
3A 01 medium not present - tray closed
3A 02 medium not present - tray open
3A 03 medium not present - loadable
3A 04 medium not present - medium auxiliary memory accessible
3B 00 sequential positioning error
3B 01 tape position error at beginning-of-medium
3B 02 tape position error at end-of-medium
3B 03 tape or electronic vertical forms unit not ready
3B 04 slew failure
3B 05 paper jam
3B 06 failed to sense top-of-form
3B 07 failed to sense bottom-of-form
3B 08 reposition error
3B 09 read past end of medium
3B 0A read past beginning of medium
3B 0B position past end of medium
3B 0C position past beginning of medium
3B 0D medium destination element full
3B 0E medium source element empty
3B 0F end of medium reached
3B 11 medium magazine not accessible
3B 12 medium magazine removed
3B 13 medium magazine inserted
3B 14 medium magazine locked
3B 15 medium magazine unlocked
3B 16 mechanical positioning or changer error
3B 17 read past end of user object
3B 18 element disabled
3B 19 element enabled
3B 1A data transfer device removed
3B 1B data transfer device inserted
3B 1C too many logical objects on partition to support operation
3B 20 element static information changed
3D 00 invalid bits in identify message
3E 00 logical unit has not self-configured yet
3E 01 logical unit failure
3E 02 timeout on logical unit
3E 03 logical unit failed self-test
3E 04 logical unit unable to update self-test log
3F 00 target operating conditions have changed
3F 01 microcode has been changed
3F 02 changed operating definition
3F 03 inquiry data has changed
3F 04 component device attached
3F 05 device identifier changed
3F 06 redundancy group created or modified
3F 07 redundancy group deleted
3F 08 spare created or modified
3F 09 spare deleted
3F 0A volume set created or modified
3F 0B volume set deleted
3F 0C volume set deassigned
3F 0D volume set reassigned
3F 0E reported LUNs data has changed
3F 0F echo buffer overwritten
3F 10 medium loadable
3F 11 medium auxiliary memory accessible
3F 12 iSCSI IP address added
3F 13 iSCSI IP address removed
3F 14 iSCSI IP address changed
3F 15 inspect referrals sense descriptors
3F 16 microcode has been changed without reset
3F 17 zone transition to full
3F 18 bind completed
3F 19 bind redirected
3F 1A subsidiary binding changed
40 00 RAM failure (should use 40 nn)
41 00 data path failure (should use 40 nn)
42 00 power-on or self-test failure (should use 40 nn)
43 00 message error
44 00 internal target failure
44 01 persistent reservation information lost
44 71 ATA device failed SET FEATURES
45 00 select or reselect failure
46 00 unsuccessful soft reset
47 00 SCSI parity error
47 01 data phase CRC error detected
47 02 SCSI parity error detected during ST data phase
47 03 information unit iuCRC error detected
47 04 asynchronous information protection error detected
47 05 protocol service CRC error
47 06 phy test function in progress
47 7F some commands cleared by iSCSI protocol event
48 00 initiator detected error message received
49 00 invalid message error
4A 00 command phase error
4B 00 data phase error
4B 01 invalid target port transfer tag received
4B 02 too much write data
4B 03 ACK/NAK timeout
4B 04 NAK received
4B 05 data offset error
4B 06 initiator response timeout
4B 07 connection lost
4B 08 data-in buffer overflow - data buffer size
4B 09 data-in buffer overflow - data buffer descriptor area
4B 0A data-in buffer error
4B 0B data-out buffer overflow - data buffer size
4B 0C data-out buffer overflow - data buffer descriptor area
4B 0D data-out buffer error
4B 0E PCIe fabric error
4B 0F PCIe completion timeout
4B 10 PCIe completer abort
4B 11 PCIe poisoned TLP received
4B 12 PCIe ECRC check failed
4B 13 PCIe unsupported request
4B 14 PCIe ACS violation
4B 15 PCIe TLP prefix blocked
4C 00 logical unit failed self-configuration
4E 00 overlapped commands attempted
50 00 write append error
50 01 write append position error
50 02 position error related to timing
51 00 erase failure
51 01 erase failure - incomplete erase operation detected
52 00 cartridge fault
53 00 media load or eject failed
53 01 unload tape failure
53 02 medium removal prevented
53 03 medium removal prevented by data transfer element
53 04 medium thread or unthread failure
53 05 volume identifier invalid
53 06 volume identifier missing
53 07 duplicate volume identifier
53 08 element status unknown
53 09 data transfer device error - load failed
53 0A data transfer device error - unload failed
53 0B data transfer device error - unload missing
53 0C data transfer device error - eject failed
53 0D data transfer device error - library communication failed
54 00 SCSI to host system interface failure
55 00 system resource failure
55 01 system buffer full
55 02 insufficient reservation resources
55 03 insufficient resources
55 04 insufficient registration resources
55 05 insufficient access control resources
55 06 auxiliary memory out of space
55 07 quota error
55 08 maximum number of supplemental decryption keys exceeded
55 09 medium auxiliary memory not accessible
55 0A data currently unavailable
55 0B insufficient power for operation
55 0C insufficient resources to create ROD
55 0D insufficient resources to create ROD token
55 0E insufficient zone resources
55 0F insufficient zone resources to complete write
55 10 maximum number of streams open
55 11 insufficient resources to bind
57 00 unable to recover table-of-contents
58 00 generation does not exist
59 00 updated block read
5A 00 operator request or state change input
5A 01 operator medium removal request
5A 02 operator selected write protect
5A 03 operator selected write permit
5B 00 log exception
5B 01 threshold condition met
5B 02 log counter at maximum
5B 03 log list codes exhausted
5C 00 RPL status change
5C 01 spindles synchronized
5C 02 spindles not synchronized
5D 00 failure prediction threshold exceeded
5D 01 media failure prediction threshold exceeded
5D 02 logical unit failure prediction threshold exceeded
5D 03 spare area exhaustion prediction threshold exceeded
5D 10 hardware impending failure general hard drive failure
5D 11 hardware impending failure drive error rate too high
5D 12 hardware impending failure data error rate too high
5D 13 hardware impending failure seek error rate too high
5D 14 hardware impending failure too many block reassigns
5D 15 hardware impending failure access times too high
5D 16 hardware impending failure start unit times too high
5D 17 hardware impending failure channel parametrics
5D 18 hardware impending failure controller detected
5D 19 hardware impending failure throughput performance
5D 1A hardware impending failure seek time performance
5D 1B hardware impending failure spin-up retry count
5D 1C hardware impending failure drive calibration retry count
5D 1D hardware impending failure power loss protection circuit
5D 20 controller impending failure general hard drive failure
5D 21 controller impending failure drive error rate too high
5D 22 controller impending failure data error rate too high
5D 23 controller impending failure seek error rate too high
5D 24 controller impending failure too many block reassigns
5D 25 controller impending failure access times too high
5D 26 controller impending failure start unit times too high
5D 27 controller impending failure channel parametrics
5D 28 controller impending failure controller detected
5D 29 controller impending failure throughput performance
5D 2A controller impending failure seek time performance
5D 2B controller impending failure spin-up retry count
5D 2C controller impending failure drive calibration retry count
5D 30 data channel impending failure general hard drive failure
5D 31 data channel impending failure drive error rate too high
5D 32 data channel impending failure data error rate too high
5D 33 data channel impending failure seek error rate too high
5D 34 data channel impending failure too many block reassigns
5D 35 data channel impending failure access times too high
5D 36 data channel impending failure start unit times too high
5D 37 data channel impending failure channel parametrics
5D 38 data channel impending failure controller detected
5D 39 data channel impending failure throughput performance
5D 3A data channel impending failure seek time performance
5D 3B data channel impending failure spin-up retry count
5D 3C data channel impending failure drive calibration retry count
5D 40 servo impending failure general hard drive failure
5D 41 servo impending failure drive error rate too high
5D 42 servo impending failure data error rate too high
5D 43 servo impending failure seek error rate too high
5D 44 servo impending failure too many block reassigns
5D 45 servo impending failure access times too high
5D 46 servo impending failure start unit times too high
5D 47 servo impending failure channel parametrics
5D 48 servo impending failure controller detected
5D 49 servo impending failure throughput performance
5D 4A servo impending failure seek time performance
5D 4B servo impending failure spin-up retry count
5D 4C servo impending failure drive calibration retry count
5D 50 spindle impending failure general hard drive failure
5D 51 spindle impending failure drive error rate too high
5D 52 spindle impending failure data error rate too high
5D 53 spindle impending failure seek error rate too high
5D 54 spindle impending failure too many block reassigns
5D 55 spindle impending failure access times too high
5D 56 spindle impending failure start unit times too high
5D 57 spindle impending failure channel parametrics
5D 58 spindle impending failure controller detected
5D 59 spindle impending failure throughput performance
5D 5A spindle impending failure seek time performance
5D 5B spindle impending failure spin-up retry count
5D 5C spindle impending failure drive calibration retry count
5D 60 firmware impending failure general hard drive failure
5D 61 firmware impending failure drive error rate too high
5D 62 firmware impending failure data error rate too high
5D 63 firmware impending failure seek error rate too high
5D 64 firmware impending failure too many block reassigns
5D 65 firmware impending failure access times too high
5D 66 firmware impending failure start unit times too high
5D 67 firmware impending failure channel parametrics
5D 68 firmware impending failure controller detected
5D 69 firmware impending failure throughput performance
5D 6A firmware impending failure seek time performance
5D 6B firmware impending failure spin-up retry count
5D 6C firmware impending failure drive calibration retry count
5D 73 media impending failure endurance limit met
5D FF failure prediction threshold exceeded (false)
5E 00 low power condition on
5E 01 idle condition activated by timer
5E 02 standby condition activated by timer
5E 03 idle condition activated by command
5E 04 standby condition activated by command
5E 05 idle_b condition activated by timer
5E 06 idle_b condition activated by command
5E 07 idle_c condition activated by timer
5E 08 idle_c condition activated by command
5E 09 standby_y condition activated by timer
5E 0A standby_y condition activated by command
5E 41 power state change to active
5E 42 power state change to idle
5E 43 power state change to standby
5E 45 power state change to sleep
5E 47 power state change to device control
60 00 lamp failure
61 00 video acquisition error
61 01 unable to acquire video
61 02 out of focus
62 00 scan head positioning error
63 00 end of user area encountered on this track
63 01 packet does not fit in available space
64 00 illegal mode for this track
64 01 invalid packet size
65 00 voltage fault
66 00 automatic document feeder cover up
66 01 automatic document feeder lift up
66 02 document jam in automatic document feeder
66 03 document miss feed automatic in document feeder
67 00 configuration failure
67 01 configuration of incapable logical units failed
67 02 add logical unit failed
67 03 modification of logical unit failed
67 04 exchange of logical unit failed
67 05 remove of logical unit failed
67 06 attachment of logical unit failed
67 07 creation of logical unit failed
67 08 assign failure occurred
67 09 multiply assigned logical unit
67 0A SET TARGET PORT GROUPS command failed
67 0B ATA device feature not enabled
67 0C command rejected
67 0D explicit bind not allowed
67 0E feature not enabled
68 00 logical unit not configured
68 01 subsidiary logical unit not configured
69 00 data loss on logical unit
69 01 multiple logical unit failures
69 02 parity/data mismatch
6A 00 informational, refer to log
6B 00 state change has occurred
6B 01 redundancy level got better
6B 02 redundancy level got worse
6C 00 rebuild failure occurred
6D 00 recalculate failure occurred
6E 00 command to logical unit failed
6F 00 copy protection key exchange failure - authentication failure
6F 01 copy protection key exchange failure - key not present
6F 02 copy protection key exchange failure - key not established
6F 03 read of scrambled sector without authentication
6F 04 media region code is mismatched to logical unit region
6F 05 drive region must be permanent/region reset count error
6F 06 insufficient block count for binding nonce recording
6F 07 conflict in binding nonce recording
6F 08 insufficient permission
6F 09 invalid drive-host pairing server
6F 0A drive-host pairing suspended
71 00 decompression exception long algorithm ID
72 00 session fixation error
72 01 session fixation error writing lead-in
72 02 session fixation error writing lead-out
72 03 session fixation error - incomplete track in session
72 04 empty or partially written reserved track
72 05 no more track reservations allowed
72 06 RMZ extension is not allowed
72 07 no more test zone extensions are allowed
73 00 CD control error
73 01 power calibration area almost full
73 02 power calibration area is full
73 03 power calibration area error
73 04 program memory area update failure
73 05 program memory area is full
73 06 RMA/PMA is almost full
73 10 current power calibration area almost full
73 11 current power calibration area is full
73 17 RDZ is full
74 00 security error
74 01 unable to decrypt data
74 02 unencrypted data encountered while decrypting
74 03 incorrect data encryption key
74 04 cryptographic integrity validation failed
74 05 error decrypting data
74 06 unknown signature verification key
74 07 encryption parameters not useable
74 08 digital signature validation failure
74 09 encryption mode mismatch on read
74 0A encrypted block not raw read enabled
74 0B incorrect encryption parameters
74 0C unable to decrypt parameter list
74 0D encryption algorithm disabled
74 10 SA creation parameter value invalid
74 11 SA creation parameter value rejected
74 12 invalid SA usage
74 21 data encryption configuration prevented
74 30 SA creation parameter not supported
74 40 authentication failed
74 61 external data encryption key manager access error
74 62 external data encryption key manager error
74 63 external data encryption key not found
74 64 external data encryption request not authorized
74 6E external data encryption control timeout
74 6F external data encryption control error
74 71 logical unit access not authorized
74 79 security conflict in translated device
"""

_codes: list[dict[tuple[int, int], str]] = []


def additional_sense_codes() -> dict[tuple[int, int], str]:
    """All assigned codes, by additional sense code and qualifier; without those of `RANGES`."""
    if not _codes:
        codes = {}
        for line in _ASSIGNMENTS.splitlines():
            codes[int(line[0:2], 16), int(line[3:5], 16)] = line[6:]
        # Complete before it is shared: many threads may ask at once.
        _codes.append(codes)
    return _codes[0]


def additional_sense(asc: int, ascq: int) -> str:
    """The name of an additional sense code and its qualifier.

    Codes from 80h on, and qualifiers from 80h on under a standard code, are vendor specific; what T10 has not assigned
    is given by number.
    """
    codes = additional_sense_codes()
    name = codes.get((asc, ascq))
    if name is not None:
        return name
    for ranged, first, last, text in RANGES:
        if ranged == asc and first <= ascq <= last:
            return text.format(ascq)
    if asc >= 0x80:
        return f"vendor specific, ASC {asc:02X}h ASCQ {ascq:02X}h"
    if ascq >= 0x80:
        standard = codes.get((asc, 0), f"ASC {asc:02X}h")
        return f"{standard}, vendor specific qualifier {ascq:02X}h"
    return f"ASC {asc:02X}h ASCQ {ascq:02X}h"
