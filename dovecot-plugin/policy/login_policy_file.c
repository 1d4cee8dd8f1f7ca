/* See login_policy_file.h. The file is mapped, not copied: Dovecot runs one
   process per session, and all of them share the same pages. */
#include "login_policy_file.h"
#include "login_policy_format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The most that the counts in the header can add up to, roughly. */
#define MAX_FILE_SIZE \
	((off_t)LOGIN_POLICY_MAX_USERS * \
	 (LOGIN_POLICY_USER_SIZE + LOGIN_POLICY_MAX_NAME))

static struct login_policy_file_id file_id(const struct stat *st)
{
	struct login_policy_file_id id = {
		.device = st->st_dev,
		.inode = st->st_ino,
		.size = st->st_size,
		.changed = st->st_ctim,
		.modified = st->st_mtim,
	};

	return id;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool same_inode(const struct login_policy_file_id *a,
		       const struct login_policy_file_id *b)
{
	return a->device == b->device && a->inode == b->inode;
}

static bool same_file(const struct login_policy_file_id *a,
		      const struct login_policy_file_id *b)
{
	return same_inode(a, b) && a->size == b->size &&
		same_time(&a->changed, &b->changed) &&
		same_time(&a->modified, &b->modified);
}

void login_policy_file_init(struct login_policy_file *file, const char *path)
{
	memset(file, 0, sizeof(*file));
	file->path = path;
}

static void drop_mapping(struct login_policy_file *file)
{
	if (file->mapping != NULL)
		(void)munmap(file->mapping, file->mapping_size);
	file->mapping = NULL;
	file->mapping_size = 0;
}

void login_policy_file_deinit(struct login_policy_file *file)
{
	drop_mapping(file);
	file->path = NULL;
}

static enum login_policy_file_news
failed(struct login_policy_file *file, const char *what)
{
	char news[LOGIN_POLICY_FILE_NEWS_SIZE];

	(void)snprintf(news, sizeof(news), "Login policy snapshot %s %s: %s",
		       file->path, what, file->mapping != NULL ?
		       "the last good one stays in use" :
		       "there is no other to use");
	if (file->failing && strcmp(file->news, news) == 0)
		return LOGIN_POLICY_FILE_NO_NEWS;
	memcpy(file->news, news, sizeof(news));
	file->failing = true;
	return LOGIN_POLICY_FILE_FAILED;
}

static enum login_policy_file_news
failed_by_errno(struct login_policy_file *file, const char *call)
{
	char what[128];

	(void)snprintf(what, sizeof(what), "cannot be read (%s: %s)", call,
		       strerror(errno));
	return failed(file, what);
}

static enum login_policy_file_news
use_mapping(struct login_policy_file *file, void *mapping, size_t size,
	    const struct login_policy_file_id *id)
{
	struct login_policy_snapshot snapshot;
	const char *error;

	if (login_policy_open(mapping, size, &snapshot, &error) < 0) {
		(void)munmap(mapping, size);
		file->refused = *id;
		return failed(file, error);
	}
	drop_mapping(file);
	file->mapping = mapping;
	file->mapping_size = size;
	file->mapped = *id;
	file->snapshot = snapshot;
	file->failing = false;
	(void)snprintf(file->news, sizeof(file->news),
		       "Login policy snapshot %s loaded: %u users, %u networks",
		       file->path, snapshot.user_count, snapshot.network_count);
	return LOGIN_POLICY_FILE_LOADED;
}

static enum login_policy_file_news
load_descriptor(struct login_policy_file *file, int fd)
{
	struct login_policy_file_id id;
	struct stat st;
	void *mapping;

	if (fstat(fd, &st) < 0)
		return failed_by_errno(file, "fstat");
	id = file_id(&st);
	if (!S_ISREG(st.st_mode) || st.st_size == 0 ||
	    st.st_size > MAX_FILE_SIZE) {
		file->refused = id;
		return failed(file, !S_ISREG(st.st_mode) ? "is no file" :
			      st.st_size == 0 ? "is empty" : "is too large");
	}
	mapping = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (mapping == MAP_FAILED)
		return failed_by_errno(file, "mmap");
	return use_mapping(file, mapping, (size_t)st.st_size, &id);
}

static enum login_policy_file_news load(struct login_policy_file *file)
{
	enum login_policy_file_news news;
	/* Not to hang on a FIFO that stands in the file's place. */
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return failed_by_errno(file, "open");
	news = load_descriptor(file, fd);
	(void)close(fd);
	return news;
}

static enum login_policy_file_news refresh(struct login_policy_file *file)
{
	struct login_policy_file_id id;
	struct stat st;

	if (stat(file->path, &st) < 0)
		return failed_by_errno(file, "stat");
	id = file_id(&st);
	if (file->mapping != NULL && same_file(&id, &file->mapped)) {
		file->failing = false;
		return LOGIN_POLICY_FILE_NO_NEWS;
	}
	/* Written in place: pages of the mapping may be gone, and touching them
	   would kill the process. */
	if (file->mapping != NULL && same_inode(&id, &file->mapped))
		drop_mapping(file);
	if (file->failing && same_file(&id, &file->refused))
		return LOGIN_POLICY_FILE_NO_NEWS;
	return load(file);
}

enum login_policy_file_news
login_policy_file_refresh(struct login_policy_file *file,
			  const struct login_policy_snapshot **snapshot_r)
{
	enum login_policy_file_news news = refresh(file);

	*snapshot_r = file->mapping != NULL ? &file->snapshot : NULL;
	return news;
}
