#include "mgmtd/apply/parameters.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"

namespace mailreeve::apply {

namespace {

bool blank(char c) {
  return c == ' ' || c == '\t';
}

// Which setting of ours decides a parameter.
struct Decided {
  std::string_view parameter;
  std::string_view setting;
};

constexpr std::array kDecided = {
    Decided{"myhostname", "server.hostname"},
    Decided{"smtpd_banner", "server.banner"},
    Decided{"inet_interfaces", "server.interfaces"},
    Decided{"message_size_limit", "server.max_message_size"},
    Decided{"smtpd_recipient_limit", "server.max_recipients"},
    Decided{"hopcount_limit", "server.max_hops"},
    Decided{"mynetworks", "networks.trusted"},
    Decided{"smtpd_tls_auth_only", "authentication.plaintext_needs_tls"},
    Decided{"smtpd_tls_chain_files", "server.tls"},
    Decided{"smtpd_tls_protocols", "server.tls.profile"},
    Decided{"smtpd_tls_mandatory_protocols", "server.tls.profile"},
    Decided{"tls_medium_cipherlist", "server.tls.profile"},
    Decided{"smtpd_sender_restrictions",
            "authentication.sender_must_match_login"},
    Decided{"smtpd_helo_required", "restrictions.helo_required"},
    Decided{"smtpd_forbid_unauth_pipelining",
            "restrictions.reject_unauth_pipelining"},
    Decided{"smtpd_client_connection_count_limit",
            "restrictions.max_connections"},
    Decided{"smtpd_client_connection_rate_limit",
            "restrictions.max_connections_per_minute"},
    Decided{"smtpd_client_message_rate_limit",
            "restrictions.max_messages_per_minute"},
    Decided{"smtpd_client_event_limit_exceptions", "lists.allow"},
    Decided{"smtpd_junk_command_limit", "restrictions.max_junk_commands"},
    Decided{"smtpd_recipient_restrictions", "restrictions"},
    Decided{"postscreen_access_list", "lists"},
    Decided{"postscreen_dnsbl_sites", "postscreen.dns_lists"},
    Decided{"postscreen_dnsbl_threshold", "postscreen.threshold"},
    Decided{"postscreen_greet_wait", "postscreen.greet_wait_seconds"},
    Decided{"virtual_mailbox_domains", "domains"},
    Decided{"virtual_alias_maps", "domains[].aliases"},
    Decided{"listen", "server.interfaces"},
    Decided{"protocols", "protocols"},
    Decided{"hostname", "server.hostname"},
    Decided{"ssl_cert", "server.tls"},
    Decided{"ssl_key", "server.tls"},
    Decided{"ssl_min_protocol", "server.tls.profile"},
    Decided{"ssl_cipher_list", "server.tls.profile"},
    Decided{"disable_plaintext_auth", "authentication.plaintext_needs_tls"},
    Decided{"auth_mechanisms", "authentication.scram"},
    Decided{"mail_location", "mailboxes.volume"},
    Decided{"plugin/quota_rule", "mailboxes.quota"},
};

std::string clash(const std::string& name) {
  const auto* const found = std::find_if(
      kDecided.begin(), kDecided.end(), [&](const Decided& decided) {
        return decided.parameter == name;
      });
  return name + " is rendered by Mailreeve" +
         (found == kDecided.end()
              ? std::string(" and cannot be set here")
              : ": use " + std::string(found->setting) + " instead");
}

std::string didYouMean(const std::string& name,
                       const std::vector<std::string_view>& known) {
  const auto near = nearest(name, known);
  return near.empty() ? "" : "; did you mean " + std::string(near) + "?";
}

// Problems are all told at once, a line each.
Result<Done> verdict(const std::vector<std::string>& problems) {
  if (problems.empty()) return Done{};
  return Error{ErrorCode::Invalid, join(problems, "\n")};
}

// The plugin settings of stock Dovecot 2.3 and Pigeonhole 0.5 that take no
// number at their end; those are compared without it (sieve_before2).
constexpr std::array<std::string_view, 96> kPluginNames = {
    "acl",
    "acl_anyone",
    "acl_shared_dict",
    "acl_defaults_from_inbox",
    "acl_globals_only",
    "acl_ignore_namespace",
    "acl_user",
    "charset_alias",
    "fts",
    "fts_autoindex",
    "fts_autoindex_exclude",
    "fts_autoindex_max_recent_msgs",
    "fts_decoder",
    "fts_enforced",
    "fts_filters",
    "fts_header_excludes",
    "fts_header_includes",
    "fts_index_timeout",
    "fts_languages",
    "fts_language_config",
    "fts_message_max_size",
    "fts_solr",
    "fts_tika",
    "fts_tokenizers",
    "fts_tokenizer_generic",
    "fts_tokenizer_email_address",
    "fts_xapian",
    "imapsieve_mailbox",
    "imapsieve_url",
    "last_login_dict",
    "last_login_key",
    "last_login_precision",
    "lazy_expunge",
    "lazy_expunge_only_last_instance",
    "listescape_char",
    "mail_crypt_curve",
    "mail_crypt_global_private_key",
    "mail_crypt_global_public_key",
    "mail_crypt_save_version",
    "mail_crypt_require_encrypted_user_key",
    "mail_log_cached_only",
    "mail_log_events",
    "mail_log_fields",
    "mail_replica",
    "mailbox_alias_new",
    "mailbox_alias_old",
    "notify_status_dict",
    "old_stats_refresh",
    "old_stats_track_cmds",
    "push_lua_url",
    "push_notification_driver",
    "push_notification_lua_script_file",
    "quota",
    "quota_clone_dict",
    "quota_exceeded_message",
    "quota_grace",
    "quota_mailbox_count",
    "quota_mailbox_message_count",
    "quota_max_mail_size",
    "quota_over_flag",
    "quota_over_flag_lazy_check",
    "quota_over_flag_value",
    "quota_over_script",
    "quota_rule",
    "quota_set",
    "quota_status_nouser",
    "quota_status_overquota",
    "quota_status_success",
    "quota_status_toolarge",
    "quota_vsizes",
    "quota_warning",
    "replication_full_sync_interval",
    "replication_sync_timeout",
    "sieve",
    "sieve_after",
    "sieve_before",
    "sieve_default",
    "sieve_default_name",
    "sieve_discard",
    "sieve_duplicate_default_period",
    "sieve_duplicate_max_period",
    "sieve_editheader_protected",
    "sieve_extensions",
    "sieve_global",
    "sieve_global_extensions",
    "sieve_max_actions",
    "sieve_max_cpu_time",
    "sieve_max_redirects",
    "sieve_max_script_size",
    "sieve_quota_max_scripts",
    "sieve_quota_max_storage",
    "sieve_redirect_envelope_from",
    "sieve_spamtest_status_header",
    "sieve_trace_dir",
    "sieve_vacation_use_original_recipient",
    "sieve_user_email"};

// Families whose names end in something of the administrator's own.
constexpr std::array<std::string_view, 10> kPluginFamilies = {
    "imapsieve_mailbox",
    "sieve_",
    "fts_",
    "trash",
    "welcome_",
    "zlib_",
    "imap_",
    "virtual_",
    "recipient_delimiter",
    "apparmor_"};

std::string pluginProblem(const std::string& name) {
  const auto end = name.find_last_not_of("0123456789");
  const std::string plain = name.substr(0, end + 1);
  const std::vector<std::string_view> known(kPluginNames.begin(),
                                            kPluginNames.end());
  if (std::find(known.begin(), known.end(), plain) != known.end()) return {};
  const auto near = nearest(plain, known);
  const bool family = std::any_of(
      kPluginFamilies.begin(), kPluginFamilies.end(), [&](const auto prefix) {
        return plain.substr(0, prefix.size()) == prefix;
      });
  // A near miss of a name we know is a misspelling; others we cannot judge.
  if (near.empty() && family) return {};
  return "no plugin setting of stock Dovecot" + didYouMean(plain, known);
}

bool isSectionWithName(std::string_view word) {
  return word == "service" || word == "protocol" || word == "namespace" ||
         word == "local" || word == "remote" || word == "local_name" ||
         word == "inet_listener" || word == "unix_listener" ||
         word == "fifo_listener" || word == "mailbox" || word == "metric";
}

// "service/imap-login/process_limit" -> {"service imap-login",
// "process_limit"}. The name of a Unix or FIFO listener is a path: it takes
// everything up to the last `/`.
Result<std::vector<std::string>> sectionsOf(const std::string& key) {
  const auto parts = split(key, '/');
  std::vector<std::string> out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].empty() && i + 1 == parts.size())
      return Error{ErrorCode::Invalid, key + ": ends in /"};
    std::string section(parts[i]);
    if (isSectionWithName(parts[i]) && i + 2 < parts.size()) {
      const bool path =
          parts[i] == "unix_listener" || parts[i] == "fifo_listener";
      const std::size_t last = path ? parts.size() - 2 : i + 1;
      section += " " + std::string(parts[i + 1]);
      for (std::size_t k = i + 2; k <= last; ++k)
        section += "/" + std::string(parts[k]);
      i = last;
    }
    out.push_back(section);
  }
  return out;
}

std::vector<std::string_view> namesOf(
    const std::map<std::string, std::string>& known) {
  std::vector<std::string_view> names;
  names.reserve(known.size());
  for (const auto& [name, value] : known) names.emplace_back(name);
  return names;
}

bool isTime(std::string_view text) {
  constexpr std::string_view kUnits = "smhdw";
  if (!text.empty() && kUnits.find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  return parseNumber(text).has_value();
}

bool isYesOrNo(std::string_view text) {
  return equalsIgnoringCase(text, "yes") || equalsIgnoringCase(text, "no");
}

// What `value` should be, going by the default, and is not; else empty. A value
// that refers to another parameter is left to Postfix.
std::string kindMissed(std::string_view name,
                       std::string_view standard,
                       std::string_view value) {
  // Takes the name of a service as well as a number.
  if (name == "lmtp_tcp_port") return "";
  if (value.find('$') != std::string_view::npos) return "";
  if (parseNumber(standard)) return parseNumber(value) ? "" : "a number";
  if (isTime(standard))
    return isTime(value) ? "" : "a time such as 30s, 5m, 1h or 5d";
  if (isYesOrNo(standard)) return isYesOrNo(value) ? "" : "yes or no";
  return "";
}

}  // namespace

std::map<std::string, std::size_t> mainNames(std::string_view bytes) {
  std::map<std::string, std::size_t> names;
  std::size_t number = 0;
  for (const auto line : split(bytes, '\n')) {
    ++number;
    if (line.empty() || line.front() == '#' || blank(line.front())) continue;
    names.emplace(trim(line.substr(0, line.find('='))), number);
  }
  return names;
}

std::map<std::string, std::size_t> masterNames(std::string_view bytes) {
  std::map<std::string, std::size_t> names;
  std::size_t number = 0;
  for (const auto line : split(bytes, '\n')) {
    ++number;
    const auto text = trim(line);
    if (text.substr(0, 3) != "-o ") continue;
    names.emplace(trim(text.substr(3, text.find('=') - 3)), number);
  }
  return names;
}

std::set<std::string> dovecotNames(std::string_view bytes) {
  std::set<std::string> names;
  std::vector<std::string> open;
  for (const auto raw : split(bytes, '\n')) {
    const auto line = trim(raw);
    if (line.empty() || line.front() == '#') continue;
    if (line == "}") {
      if (!open.empty()) open.pop_back();
    } else if (line.back() == '{') {
      const std::string section(trim(line.substr(0, line.size() - 1)));
      open.push_back(replaceAll(section, " ", "/"));
    } else {
      auto path = open;
      path.emplace_back(trim(line.substr(0, line.find('='))));
      names.insert(join(path, "/"));
    }
  }
  return names;
}

Result<Done> checkPostfixExtra(
    const std::map<std::string, std::string>& extra,
    const std::map<std::string, std::size_t>& rendered,
    const std::map<std::string, std::string>& known) {
  std::vector<std::string> problems;
  for (const auto& [name, value] : extra) {
    const auto found = known.find(name);
    if (rendered.contains(name))
      problems.push_back("postfix.extra: " + clash(name));
    else if (found == known.end())
      problems.push_back("postfix.extra: " + name +
                         ": Postfix has no such parameter" +
                         didYouMean(name, namesOf(known)));
    else if (const auto kind = kindMissed(name, found->second, value);
             !kind.empty())
      problems.push_back("postfix.extra: " + name + ": must be " + kind +
                         ", as its default " + found->second + " is");
  }
  return verdict(problems);
}

Result<Done> checkDovecotExtra(const std::map<std::string, std::string>& extra,
                               const std::set<std::string>& rendered) {
  std::vector<std::string> problems;
  for (const auto& [name, value] : extra) {
    if (rendered.contains(name)) {
      problems.push_back("dovecot.extra: " + clash(name));
    } else if (name.substr(0, 7) == "plugin/") {
      const auto problem = pluginProblem(name.substr(7));
      if (!problem.empty())
        problems.push_back("dovecot.extra: " + name + ": " + problem);
    }
  }
  return verdict(problems);
}

Result<std::vector<std::string>> dovecotLines(
    const std::map<std::string, std::string>& extra) {
  std::vector<std::string> lines;
  for (const auto& [key, value] : extra) {
    auto path = sectionsOf(key);
    if (!path) return std::move(path).error().within("dovecot.extra");
    std::string indent;
    for (std::size_t i = 0; i + 1 < path->size(); ++i, indent += "  ")
      lines.push_back(indent + (*path)[i] + " {");
    lines.push_back(indent + path->back() + " = " + value);
    while (!indent.empty()) {
      indent.resize(indent.size() - 2);
      lines.push_back(indent + "}");
    }
  }
  return lines;
}

}  // namespace mailreeve::apply
