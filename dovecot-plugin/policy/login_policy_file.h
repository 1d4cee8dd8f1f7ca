/* The login policy snapshot of one path, kept as it was when it was last sound.
   Live: a look at the file before each use costs one stat(2). For one thread.

   A file that is missing or broken never replaces a good one; each such state
   is reported once, not once per login. */
#ifndef LOGIN_POLICY_FILE_H
#define LOGIN_POLICY_FILE_H

#include "login_policy.h"

#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LOGIN_POLICY_FILE_NEWS_SIZE 512

/* What tells one state of a file from another. */
struct login_policy_file_id {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
	struct timespec modified;
};

struct login_policy_file {
	const char *path;

	/* The last sound snapshot; the mapping is NULL while there is none. */
	void *mapping;
	size_t mapping_size;
	struct login_policy_snapshot snapshot;
	struct login_policy_file_id mapped;

	/* The last file found broken, not to be read again. */
	struct login_policy_file_id refused;

	/* One sentence for the log. */
	char news[LOGIN_POLICY_FILE_NEWS_SIZE];
	bool failing;
};

enum login_policy_file_news {
	LOGIN_POLICY_FILE_NO_NEWS,
	/* Another snapshot is in use now: `news` says so. */
	LOGIN_POLICY_FILE_LOADED,
	/* The file cannot be used: `news` says why and what is used instead. */
	LOGIN_POLICY_FILE_FAILED
};

/* `path` must outlive `file`. Opens nothing yet. */
void login_policy_file_init(struct login_policy_file *file, const char *path);
void login_policy_file_deinit(struct login_policy_file *file);

/* Loads the file if it has changed. Log `file->news` unless there are none.
   Afterwards `*snapshot_r` is the snapshot to use until the next call, or NULL
   if there has not been a sound one. */
enum login_policy_file_news
login_policy_file_refresh(struct login_policy_file *file,
			  const struct login_policy_snapshot **snapshot_r);

#ifdef __cplusplus
}
#endif

#endif
