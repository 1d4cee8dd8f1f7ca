/* See login_policy.h for the promises and login_policy_format.h for the
   bytes. */
#include "login_policy.h"
#include "login_policy_format.h"

#include <string.h>

static uint16_t load16(const unsigned char *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t load32(const unsigned char *p)
{
	return (uint32_t)load16(p) | (uint32_t)load16(p + 2) << 16;
}

static uint64_t load64(const unsigned char *p)
{
	return (uint64_t)load32(p) | (uint64_t)load32(p + 4) << 32;
}

static uint64_t checksum(const unsigned char *data, size_t size)
{
	uint64_t hash = LOGIN_POLICY_CHECKSUM_SEED;
	unsigned char tail[8] = { 0 };
	size_t i;

	for (i = 0; size - i >= sizeof(tail); i += sizeof(tail)) {
		hash = (hash ^ load64(data + i)) * LOGIN_POLICY_CHECKSUM_PRIME;
		hash ^= hash >> 32;
	}
	if (i < size) {
		memcpy(tail, data + i, size - i);
		hash = (hash ^ load64(tail)) * LOGIN_POLICY_CHECKSUM_PRIME;
		hash ^= hash >> 32;
	}
	return hash;
}

static bool policy_is_known(uint16_t policy)
{
	unsigned int i;

	if ((policy & ~LOGIN_POLICY_KNOWN_BITS) != 0)
		return false;
	for (i = 0; i < LOGIN_PROTOCOL_COUNT; i++) {
		if ((policy >> (i * LOGIN_POLICY_ACCESS_BITS) &
		     LOGIN_POLICY_ACCESS_MASK) > LOGIN_ACCESS_LAN)
			return false;
	}
	return true;
}

static void policy_unpack(uint16_t policy, struct login_policy *policy_r)
{
	unsigned int i;

	for (i = 0; i < LOGIN_PROTOCOL_COUNT; i++) {
		policy_r->access[i] = (enum login_access)
			(policy >> (i * LOGIN_POLICY_ACCESS_BITS) &
			 LOGIN_POLICY_ACCESS_MASK);
	}
	policy_r->forwarding = (policy & LOGIN_POLICY_NO_FORWARDING) == 0;
}

static const char *check_header(const unsigned char *data, size_t size)
{
	if (size < LOGIN_POLICY_HEADER_SIZE)
		return "is shorter than its header";
	if (memcmp(data, LOGIN_POLICY_MAGIC, LOGIN_POLICY_MAGIC_SIZE) != 0)
		return "is not a login policy snapshot";
	if (load32(data + LOGIN_POLICY_AT_VERSION) != LOGIN_POLICY_VERSION)
		return "has a version this module does not know";
	if (load64(data + LOGIN_POLICY_AT_LENGTH) != size)
		return "has another length than it says";
	if (load64(data + LOGIN_POLICY_AT_CHECKSUM) !=
	    checksum(data + LOGIN_POLICY_AT_SUMMED,
		     size - LOGIN_POLICY_AT_SUMMED))
		return "does not match its checksum";
	if (load32(data + LOGIN_POLICY_AT_ZERO) != 0 ||
	    load16(data + LOGIN_POLICY_AT_ZERO_2) != 0)
		return "has bytes set that must be zero";
	if (!policy_is_known(load16(data + LOGIN_POLICY_AT_DEFAULT)))
		return "has a default policy this module does not know";
	return NULL;
}

static const char *
check_sizes(const struct login_policy_snapshot *snapshot, size_t size)
{
	uint64_t want;

	if (snapshot->user_count > LOGIN_POLICY_MAX_USERS)
		return "lists too many users";
	if (snapshot->network_count > LOGIN_POLICY_MAX_NETWORKS)
		return "lists too many networks";
	want = LOGIN_POLICY_HEADER_SIZE +
		(uint64_t)snapshot->network_count * LOGIN_POLICY_NETWORK_SIZE +
		(uint64_t)snapshot->user_count * LOGIN_POLICY_USER_SIZE +
		snapshot->names_size;
	return want == size ? NULL : "has parts that do not add up";
}

static bool network_is_sound(const unsigned char *network)
{
	unsigned int bits = network[LOGIN_POLICY_ADDRESS_SIZE];
	unsigned int i;

	if (bits > 8 * LOGIN_POLICY_ADDRESS_SIZE)
		return false;
	for (i = LOGIN_POLICY_ADDRESS_SIZE + 1; i < LOGIN_POLICY_NETWORK_SIZE;
	     i++) {
		if (network[i] != 0)
			return false;
	}
	if (bits % 8 != 0 && (network[bits / 8] & 0xff >> bits % 8) != 0)
		return false;
	for (i = (bits + 7) / 8; i < LOGIN_POLICY_ADDRESS_SIZE; i++) {
		if (network[i] != 0)
			return false;
	}
	return true;
}

static const char *
check_networks(const struct login_policy_snapshot *snapshot)
{
	uint32_t i;

	for (i = 0; i < snapshot->network_count; i++) {
		if (!network_is_sound(snapshot->networks +
				      (size_t)i * LOGIN_POLICY_NETWORK_SIZE))
			return "has a broken network";
	}
	return NULL;
}

static int compare_names(const unsigned char *a, size_t a_size,
			 const unsigned char *b, size_t b_size)
{
	int order = memcmp(a, b, a_size < b_size ? a_size : b_size);

	if (order != 0)
		return order;
	return a_size == b_size ? 0 : a_size < b_size ? -1 : 1;
}

static bool name_is_folded(const unsigned char *name, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++) {
		if (name[i] == '\0' || (name[i] >= 'A' && name[i] <= 'Z'))
			return false;
	}
	return true;
}

static const char *check_users(const struct login_policy_snapshot *snapshot)
{
	const unsigned char *previous = NULL;
	size_t previous_size = 0;
	uint64_t end = 0;
	uint32_t i;

	for (i = 0; i < snapshot->user_count; i++) {
		const unsigned char *user = snapshot->users +
			(size_t)i * LOGIN_POLICY_USER_SIZE;
		const unsigned char *name = snapshot->names + end;
		uint16_t name_size = load16(user + 4);

		if (load32(user) != end || name_size == 0 ||
		    name_size > LOGIN_POLICY_MAX_NAME ||
		    end + name_size > snapshot->names_size)
			return "has a user whose name lies elsewhere";
		if (!name_is_folded(name, name_size))
			return "has a user whose name is not in lower case";
		if (i > 0 && compare_names(previous, previous_size, name,
					   name_size) >= 0)
			return "has users that are not sorted";
		if (!policy_is_known(load16(user + 6)))
			return "has a user whose policy this module does not know";
		previous = name;
		previous_size = name_size;
		end += name_size;
	}
	return end == snapshot->names_size ? NULL :
		"has names that belong to no user";
}

int login_policy_open(const void *data, size_t size,
		      struct login_policy_snapshot *snapshot_r,
		      const char **error_r)
{
	const unsigned char *bytes = data;

	memset(snapshot_r, 0, sizeof(*snapshot_r));
	if ((*error_r = check_header(bytes, size)) != NULL)
		return -1;
	snapshot_r->user_count = load32(bytes + LOGIN_POLICY_AT_USERS);
	snapshot_r->network_count = load32(bytes + LOGIN_POLICY_AT_NETWORKS);
	snapshot_r->names_size = load32(bytes + LOGIN_POLICY_AT_NAMES_SIZE);
	snapshot_r->fallback = load16(bytes + LOGIN_POLICY_AT_DEFAULT);
	if ((*error_r = check_sizes(snapshot_r, size)) != NULL)
		return -1;
	snapshot_r->networks = bytes + LOGIN_POLICY_HEADER_SIZE;
	snapshot_r->users = snapshot_r->networks +
		(size_t)snapshot_r->network_count * LOGIN_POLICY_NETWORK_SIZE;
	snapshot_r->names = snapshot_r->users +
		(size_t)snapshot_r->user_count * LOGIN_POLICY_USER_SIZE;
	if ((*error_r = check_networks(snapshot_r)) != NULL ||
	    (*error_r = check_users(snapshot_r)) != NULL)
		return -1;
	return 0;
}

/* Copies `user` in lower case. Returns its length, or 0 for a name no snapshot
   can hold. */
static size_t fold_name(const char *user,
			unsigned char folded_r[LOGIN_POLICY_MAX_NAME])
{
	size_t i;

	for (i = 0; user[i] != '\0'; i++) {
		if (i == LOGIN_POLICY_MAX_NAME)
			return 0;
		folded_r[i] = (unsigned char)(user[i] >= 'A' && user[i] <= 'Z' ?
					      user[i] - 'A' + 'a' : user[i]);
	}
	return i;
}

/* Compares with the name of `user`; one that lies outside the names (the file
   was written in place after it was checked) is never equal. */
static int compare_with_user(const struct login_policy_snapshot *snapshot,
			     const unsigned char *name, size_t name_size,
			     const unsigned char *user)
{
	uint32_t offset = load32(user);
	uint16_t user_size = load16(user + 4);

	if (offset > snapshot->names_size ||
	    user_size > snapshot->names_size - offset)
		return -1;
	return compare_names(name, name_size, snapshot->names + offset,
			     user_size);
}

void login_policy_find(const struct login_policy_snapshot *snapshot,
		       const char *user, struct login_policy *policy_r)
{
	unsigned char name[LOGIN_POLICY_MAX_NAME];
	size_t name_size = fold_name(user, name);
	uint32_t low = 0, high = snapshot->user_count;

	while (name_size > 0 && low < high) {
		uint32_t middle = low + (high - low) / 2;
		const unsigned char *entry = snapshot->users +
			(size_t)middle * LOGIN_POLICY_USER_SIZE;
		int order = compare_with_user(snapshot, name, name_size, entry);

		if (order == 0) {
			policy_unpack(load16(entry + 6), policy_r);
			return;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	policy_unpack(snapshot->fallback, policy_r);
}

static bool is_ipv4(const struct login_address *address)
{
	static const unsigned char mapped[LOGIN_POLICY_MAPPED_BITS / 8] = {
		[10] = 0xff, [11] = 0xff
	};

	return memcmp(address->bytes, mapped, sizeof(mapped)) == 0;
}

static bool network_holds(const unsigned char *network,
			  const struct login_address *address)
{
	unsigned int bits = network[LOGIN_POLICY_ADDRESS_SIZE];
	unsigned int whole = bits / 8, rest = bits % 8;

	if (bits > 8 * LOGIN_POLICY_ADDRESS_SIZE ||
	    (bits < LOGIN_POLICY_MAPPED_BITS && is_ipv4(address)))
		return false;
	if (memcmp(network, address->bytes, whole) != 0)
		return false;
	return rest == 0 ||
		((network[whole] ^ address->bytes[whole]) >> (8 - rest)) == 0;
}

bool login_policy_in_lan(const struct login_policy_snapshot *snapshot,
			 const struct login_address *address)
{
	uint32_t i;

	for (i = 0; i < snapshot->network_count; i++) {
		if (network_holds(snapshot->networks +
				  (size_t)i * LOGIN_POLICY_NETWORK_SIZE,
				  address))
			return true;
	}
	return false;
}

struct login_address login_address_ipv4(const void *octets)
{
	struct login_address address = { { 0 } };

	address.bytes[10] = address.bytes[11] = 0xff;
	memcpy(address.bytes + 12, octets, 4);
	return address;
}

struct login_address login_address_ipv6(const void *octets)
{
	struct login_address address;

	memcpy(address.bytes, octets, sizeof(address.bytes));
	return address;
}
