/* The login policy snapshot on disk: who may log in with which protocol, and
   who may forward mail automatically. Written by core/directory/login_snapshot
   (C++), read by policy/login_policy.c (C) inside Dovecot. This header is the
   only description of the format and holds nothing but the description.

   All numbers are little-endian. Nothing is aligned by the reader: it reads
   bytes. Everything behind the header follows without gaps:

     0  +-----------------------------------------+
        | magic "MRLOGIN\032"                   8 |
     8  | version, 1                            4 |
    12  | zero                                  4 |
    16  | length of the file in bytes           8 |
    24  | checksum of the bytes from 32 on      8 |
    32  | number of users                       4 |
    36  | number of LAN networks                4 |
    40  | size of the names in bytes            4 |
    44  | policy of users not listed            2 |
    46  | zero                                  2 |
    48  +-----------------------------------------+
        | LAN network, 20 bytes each:             |
        |   address, IPv6 form                 16 |
        |   prefix length, 0..128               1 |
        |   zero                                3 |
        +-----------------------------------------+
        | user, 8 bytes each, sorted by name:     |
        |   offset of the name in the names     4 |
        |   length of the name, 1..512          2 |
        |   policy                              2 |
        +-----------------------------------------+
        | names, in the order of the users,       |
        | one after the other, no terminators     |
        +-----------------------------------------+

   An IPv4 network stands in its IPv4-mapped form (10.0.0.0/8 is
   ::ffff:10.0.0.0/104), so that a mapped address is the IPv4 address. A prefix
   shorter than 96 is an IPv6 network and holds no IPv4 address. Bits behind
   the prefix are zero.

   Names are lower case (ASCII), hold no NUL, are unique, and are sorted as
   unsigned bytes, a shorter name before a longer one that begins with it.

   A policy:
     bits 0-1 IMAP, 2-3 POP3, 4-5 ManageSieve, 6-7 SMTP AUTH
              (0 allowed, 1 off, 2 only from the LAN networks)
     bit  8   automatic forwarding is off
     9-15     zero

   The checksum is FNV-1a taken over 8-byte words instead of bytes, with a
   fold, so that it costs little and any change inside one word is found:
     h = LOGIN_POLICY_CHECKSUM_SEED
     for each word w (the last padded with zeros):
       h = (h ^ w) * LOGIN_POLICY_CHECKSUM_PRIME;  h ^= h >> 32
   It finds accidents, not forgery: the directory's permissions do that.

   A file is replaced by rename only, never written in place. */
#ifndef LOGIN_POLICY_FORMAT_H
#define LOGIN_POLICY_FORMAT_H

#define LOGIN_POLICY_MAGIC "MRLOGIN\032"
#define LOGIN_POLICY_MAGIC_SIZE 8
#define LOGIN_POLICY_VERSION 1

#define LOGIN_POLICY_AT_VERSION 8
#define LOGIN_POLICY_AT_ZERO 12
#define LOGIN_POLICY_AT_LENGTH 16
#define LOGIN_POLICY_AT_CHECKSUM 24
#define LOGIN_POLICY_AT_SUMMED 32
#define LOGIN_POLICY_AT_USERS 32
#define LOGIN_POLICY_AT_NETWORKS 36
#define LOGIN_POLICY_AT_NAMES_SIZE 40
#define LOGIN_POLICY_AT_DEFAULT 44
#define LOGIN_POLICY_AT_ZERO_2 46
#define LOGIN_POLICY_HEADER_SIZE 48

#define LOGIN_POLICY_NETWORK_SIZE 20
#define LOGIN_POLICY_ADDRESS_SIZE 16
#define LOGIN_POLICY_MAPPED_BITS 96
#define LOGIN_POLICY_USER_SIZE 8

#define LOGIN_POLICY_MAX_USERS 1000000
#define LOGIN_POLICY_MAX_NETWORKS 1024
#define LOGIN_POLICY_MAX_NAME 512

#define LOGIN_POLICY_ACCESS_BITS 2
#define LOGIN_POLICY_ACCESS_MASK 3
#define LOGIN_POLICY_NO_FORWARDING 0x100
#define LOGIN_POLICY_KNOWN_BITS 0x1ff

#define LOGIN_POLICY_CHECKSUM_SEED 0xcbf29ce484222325
#define LOGIN_POLICY_CHECKSUM_PRIME 0x00000100000001b3

#endif
