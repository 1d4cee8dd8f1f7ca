// dovecot.conf, complete, and the queries for accounts.
#include "core/base/text.h"
#include "core/config/settings.h"
#include "mgmtd/apply/parameters.h"
#include "mgmtd/apply/render.h"
#include "mgmtd/apply/tls_profile.h"

namespace mailreeve::apply {

namespace {

std::string protocolList(const config::Protocols& protocols) {
  std::string list = "lmtp";
  if (protocols.imap.enabled || protocols.imaps.enabled) list += " imap";
  if (protocols.pop3.enabled || protocols.pop3s.enabled) list += " pop3";
  if (protocols.managesieve.enabled) list += " sieve";
  return list;
}

std::string port(const config::Listener& listener) {
  return std::to_string(listener.enabled ? listener.port : 0);
}

std::string mechanisms(const config::Authentication& authentication) {
  return authentication.scram ? "plain login scram-sha-256" : "plain login";
}

void setProtocols(TemplateValues& values, const config::Settings& settings) {
  const auto& protocols = settings.protocols;
  values.texts.merge(std::map<std::string, std::string>{
      {"PROTOCOLS", protocolList(protocols)},
      {"LISTEN",
       settings.server.interfaces.empty()
           ? "*, ::"
           : join(settings.server.interfaces, ", ")},
      {"IMAP_PORT", port(protocols.imap)},
      {"IMAPS_PORT", port(protocols.imaps)},
      {"POP3_PORT", port(protocols.pop3)},
      {"POP3S_PORT", port(protocols.pop3s)},
      {"MANAGESIEVE_PORT", port(protocols.managesieve)},
      {"MAX_CONNECTIONS", std::to_string(protocols.maxConnectionsPerUser)},
  });
  values.show("IMAP_ON", protocols.imap.enabled || protocols.imaps.enabled);
  values.show("POP3_ON", protocols.pop3.enabled || protocols.pop3s.enabled);
  values.show("MANAGESIEVE_ON", protocols.managesieve.enabled);
}

TemplateValues dovecotValues(const config::Settings& settings,
                             const Facts& facts,
                             const std::vector<std::string>& extra) {
  auto values = commonValues(settings, facts);
  setProtocols(values, settings);
  values.texts.merge(std::map<std::string, std::string>{
      {"POSTMASTER",
       "postmaster@" + (settings.domains.empty()
                            ? settings.server.hostname
                            : settings.domains.front().name)},
      {"TLS_MIN_PROTOCOL",
       tlsProfile(settings.server.tls.profile).dovecotMinimum},
      {"DISABLE_PLAINTEXT_AUTH",
       settings.authentication.plaintextNeedsTls ? "yes" : "no"},
      {"MECHANISMS", mechanisms(settings.authentication)},
      {"LOGIN_POLICY_SNAPSHOT", facts.paths.loginPolicy()},
      {"MAIL_PLUGINS", settings.mailboxes.quota > 0 ? "quota" : ""},
      {"SIEVE_PROGRAMS", MAILREEVE_SIEVE_PROGRAMS},
      {"QUOTA_BYTES", std::to_string(settings.mailboxes.quota)},
  });
  values.show("LOGIN_POLICY", facts.dovecotModules);
  const auto& spam = settings.spam;
  const bool moves = spam.enabled && spam.reporting.junkMoves;
  values.show("JUNK_FOLDER", spam.enabled && spam.junkFolder);
  values.show("REPORT_MOVES", moves);
  values.show("SIEVE_PLUGINS", facts.dovecotModules || moves);
  values.show("EXTRAS", !extra.empty());
  values.repeat("EXTRA", "LINE", extra);
  return values;
}

// Inside single quotes of SQL inside a setting of Dovecot.
Result<std::string> volume(const config::Settings& settings) {
  const auto& path = settings.mailboxes.volume;
  if (path.find_first_of("'\"%\\$#") != std::string::npos)
    return Error{ErrorCode::Invalid,
                 "mailboxes.volume: " + path +
                     ": no quotes, %, $, # or backslash, please"};
  return path;
}

}  // namespace

Result<RenderedTree> renderDovecot(const config::Settings& settings,
                                   const Facts& facts,
                                   const TemplateSource& templates) {
  auto source = templates.read("dovecot/dovecot.conf.tpl");
  if (!source) return std::move(source).error();
  auto plain = expand(*source, dovecotValues(settings, facts, {}));
  if (!plain) return std::move(plain).error();
  auto names =
      checkDovecotExtra(settings.dovecot.settings, dovecotNames(*plain));
  if (!names) return std::move(names).error();
  auto extra = dovecotLines(settings.dovecot.settings);
  if (!extra) return std::move(extra).error();
  auto bytes = expand(*source, dovecotValues(settings, facts, *extra));
  if (!bytes) return std::move(bytes).error();

  auto sql = templates.read("dovecot/mailreeve-sql.conf.ext.tpl");
  if (!sql) return std::move(sql).error();
  auto values = commonValues(settings, facts);
  auto where = volume(settings);
  if (!where) return std::move(where).error();
  values.texts["VOLUME"] = *where;
  auto queries = expand(*sql, values);
  if (!queries) return std::move(queries).error();

  RenderedTree tree;
  tree[facts.paths.dovecot / "dovecot.conf"].bytes = *std::move(bytes);
  tree[facts.paths.dovecot / "mailreeve-sql.conf.ext"] = {
      *std::move(queries), 0640, "root", "dovecot"};
  return tree;
}

}  // namespace mailreeve::apply
