/* Copyright (c) 2026, the drivecare.scsi contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lets a program that sends SCSI commands by SG_IO talk to a capture instead of a drive: it is preloaded, the program is
 * given the path of a file of answers, and the ioctl on that file is answered here. So smartctl and sg3_utils read the
 * same bytes as the collection, without a kernel that has SCSI devices and without privileges.
 *
 * The file has a line per exchange: CDB (xx for any byte), status, sense data, data, each in hex, - for none; the
 * status "lost" for a command that got no answer. As docs/captures.md says, a command gets the first exchange that
 * matches and has not been used, else the last that matches, else ILLEGAL REQUEST, INVALID COMMAND OPERATION CODE.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <scsi/sg.h>

#define MOST 8192
#define NAME_ENDS ".answers"
#define DID_TIME_OUT 3
#define DRIVER_SENSE 8
#define CHECK_CONDITION 2

struct exchange {
	unsigned char cdb[32], any[32], sense[252], *data;
	int cdb_length, status, lost, sense_length, data_length, used;
};

static struct exchange exchanges[MOST];
static int count = -1;

static int hex(const char *text, unsigned char *bytes, unsigned char *any, int most)
{
	int length = 0;
	unsigned int value;

	for (; text[0] && text[1] && length < most && text[0] != '-'; text += 2, length++) {
		value = 0;
		if (any)
			any[length] = text[0] == 'x';
		if (text[0] != 'x')
			sscanf(text, "%2x", &value);
		bytes[length] = value;
	}
	return length;
}

static void load(const char *path)
{
	char *line = NULL, *rest;
	size_t size = 0;
	FILE *file = fopen(path, "r");

	count = 0;
	while (file && count < MOST && getline(&line, &size, file) > 0) {
		struct exchange *each = &exchanges[count++];
		char *cdb = strtok_r(line, " \n", &rest), *status = strtok_r(NULL, " \n", &rest);
		char *sense = strtok_r(NULL, " \n", &rest), *data = strtok_r(NULL, " \n", &rest);

		each->cdb_length = hex(cdb, each->cdb, each->any, sizeof(each->cdb));
		each->lost = !strcmp(status, "lost");
		each->status = each->lost ? 0 : (int)strtol(status, NULL, 16);
		each->sense_length = hex(sense, each->sense, NULL, sizeof(each->sense));
		each->data = malloc(strlen(data) / 2 + 1);
		each->data_length = hex(data, each->data, NULL, strlen(data) / 2);
	}
	if (file)
		fclose(file);
	free(line);
}

static int matches(const struct exchange *each, const unsigned char *cdb, int length)
{
	int at;

	if (each->cdb_length != length)
		return 0;
	for (at = 0; at < length; at++)
		if (!each->any[at] && each->cdb[at] != cdb[at])
			return 0;
	return 1;
}

static struct exchange *find(const unsigned char *cdb, int length)
{
	struct exchange *last = NULL;
	int at;

	for (at = 0; at < count; at++)
		if (matches(&exchanges[at], cdb, length)) {
			last = &exchanges[at];
			if (!last->used)
				break;
		}
	if (last)
		last->used = 1;
	return last;
}

static int answer(struct sg_io_hdr *io)
{
	static const unsigned char unknown[18] = {0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x20};
	struct exchange *found;
	const unsigned char *sense = unknown;
	int sense_length = sizeof(unknown), length = 0;

	if (io->interface_id != 'S') {
		errno = EINVAL;
		return -1;
	}
	found = find(io->cmdp, io->cmd_len);
	io->status = CHECK_CONDITION;
	if (found) {
		io->status = found->status;
		sense = found->sense;
		sense_length = found->sense_length;
		if (io->dxfer_direction == SG_DXFER_FROM_DEV)
			length = found->data_length < (int)io->dxfer_len ? found->data_length : (int)io->dxfer_len;
		memcpy(io->dxferp, found->data, length);
	}
	if (sense_length > io->mx_sb_len)
		sense_length = io->mx_sb_len;
	memcpy(io->sbp, sense, sense_length);
	io->sb_len_wr = sense_length;
	io->masked_status = io->status >> 1 & 0x1f;
	io->msg_status = 0;
	io->host_status = found && found->lost ? DID_TIME_OUT : 0;
	io->driver_status = sense_length && io->status ? DRIVER_SENSE : 0;
	io->resid = io->dxfer_len - length;
	io->duration = 0;
	io->info = io->status || io->host_status ? SG_INFO_CHECK : SG_INFO_OK;
	return 0;
}

static int played(int descriptor)
{
	char link[64], path[4096];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
	length = readlink(link, path, sizeof(path) - 1);
	if (length < (ssize_t)strlen(NAME_ENDS))
		return 0;
	path[length] = 0;
	if (strcmp(path + length - strlen(NAME_ENDS), NAME_ENDS))
		return 0;
	if (count < 0)
		load(path);
	return 1;
}

int ioctl(int descriptor, unsigned long request, ...)
{
	static int (*real)(int, unsigned long, void *);
	va_list arguments;
	void *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	if ((request == SG_IO || request == SG_GET_VERSION_NUM) && played(descriptor)) {
		if (request == SG_IO)
			return answer(argument);
		*(int *)argument = 30536;
		return 0;
	}
	if (!real)
		real = (int (*)(int, unsigned long, void *))dlsym(RTLD_NEXT, "ioctl");
	return real(descriptor, request, argument);
}
