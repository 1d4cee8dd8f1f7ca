/* Reads a login policy snapshot that lies in memory. Knows no files and no
   Dovecot: the auth module, the Sieve module, the tests and the fuzzer all use
   it. It allocates nothing and never reads outside the bytes it was given,
   whatever they are, even if they change after they were checked. */
#ifndef LOGIN_POLICY_H
#define LOGIN_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order of their bits in the snapshot. */
enum login_protocol {
	LOGIN_PROTOCOL_IMAP,
	LOGIN_PROTOCOL_POP3,
	LOGIN_PROTOCOL_SIEVE,
	LOGIN_PROTOCOL_SMTP,

	LOGIN_PROTOCOL_COUNT
};

/* The values are those in the snapshot. */
enum login_access {
	LOGIN_ACCESS_ALLOW = 0,
	LOGIN_ACCESS_OFF = 1,
	/* Only from one of the snapshot's LAN networks. */
	LOGIN_ACCESS_LAN = 2
};

struct login_policy {
	enum login_access access[LOGIN_PROTOCOL_COUNT];
	bool forwarding;
};

/* A snapshot found to be sound. The bytes belong to the caller and must outlive
   it. */
struct login_policy_snapshot {
	const unsigned char *networks;
	const unsigned char *users;
	const unsigned char *names;
	uint32_t network_count;
	uint32_t user_count;
	uint32_t names_size;
	uint16_t fallback;
};

/* An address in IPv6 form: an IPv4 address is IPv4-mapped. */
struct login_address {
	unsigned char bytes[16];
};

/* Checks all of `data`: magic, version, length, checksum, every network, every
   user. Returns 0, or -1 and what is wrong, a constant text. Takes time in
   proportion to `size`: about 6 ms for 200,000 users. */
int login_policy_open(const void *data, size_t size,
		      struct login_policy_snapshot *snapshot_r,
		      const char **error_r);

/* The policy of `user`, ASCII case ignored, or that of users not listed. */
void login_policy_find(const struct login_policy_snapshot *snapshot,
		       const char *user, struct login_policy *policy_r);

bool login_policy_in_lan(const struct login_policy_snapshot *snapshot,
			 const struct login_address *address);

/* `octets` are the 4 of an IPv4 or the 16 of an IPv6 address, in network
   order. */
struct login_address login_address_ipv4(const void *octets);
struct login_address login_address_ipv6(const void *octets);

#ifdef __cplusplus
}
#endif

#endif
