/* See forwarding_policy.h. */
#include "lib.h"
#include "sieve-common.h"
#include "sieve-settings.h"

#include "policy/login_policy_file.h"
#include "forwarding_policy.h"

#define SETTING_PATH "mailreeve_login_policy"

/* One process, one snapshot, however many users it serves. */
static char *snapshot_path = NULL;
static struct login_policy_file snapshot_file;

static bool find_path(struct sieve_instance *svinst)
{
	const char *path = sieve_setting_get(svinst, SETTING_PATH);

	if (path == NULL || *path != '/') {
		e_error(svinst->event,
			"mailreeve: plugin { "SETTING_PATH" } must be the path "
			"of the login policy snapshot");
		return FALSE;
	}
	if (snapshot_path != NULL && strcmp(snapshot_path, path) == 0)
		return TRUE;
	if (snapshot_path != NULL)
		login_policy_file_deinit(&snapshot_file);
	i_free(snapshot_path);
	snapshot_path = i_strdup(path);
	login_policy_file_init(&snapshot_file, snapshot_path);
	return TRUE;
}

enum forwarding forwarding_policy_get(struct sieve_instance *svinst)
{
	const struct login_policy_snapshot *snapshot;
	struct login_policy policy;

	if (!find_path(svinst))
		return FORWARDING_UNKNOWN;
	switch (login_policy_file_refresh(&snapshot_file, &snapshot)) {
	case LOGIN_POLICY_FILE_NO_NEWS:
		break;
	case LOGIN_POLICY_FILE_LOADED:
		/* Processes come and go: no news for the administrator. */
		e_debug(svinst->event, "mailreeve: %s", snapshot_file.news);
		break;
	case LOGIN_POLICY_FILE_FAILED:
		e_error(svinst->event, "mailreeve: %s", snapshot_file.news);
		break;
	}
	if (snapshot == NULL || svinst->username == NULL)
		return FORWARDING_UNKNOWN;
	login_policy_find(snapshot, svinst->username, &policy);
	return policy.forwarding ? FORWARDING_ALLOWED : FORWARDING_OFF;
}

const char *forwarding_refusal_words(enum forwarding forwarding)
{
	switch (forwarding) {
	case FORWARDING_OFF:
		return "automatic forwarding is turned off for this account "
			"by the administrator";
	case FORWARDING_UNKNOWN:
		return "whether this account may forward mail cannot be "
			"checked at the moment; please try again later";
	case FORWARDING_ALLOWED:
		break;
	}
	i_unreached();
}
