// Policy tests: what must happen to a message, written beside the settings
// (FEATURES H3). Read with the same care as the settings themselves.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/config/describe.h"
#include "core/config/load.h"

namespace mailreeve::config {

// Whom a dry run stands for where nobody is named (RFC 5737, RFC 6761). Nothing
// is asked about them that only the DNS could say.
inline constexpr const char* kAnyClient = "203.0.113.1";
inline constexpr const char* kAnyHelo = "client.example";

// Everything that is set must hold.
struct Expected {
  std::int64_t code = 0;     // SMTP reply code; 0: any.
  std::string enhanced;      // "5.7.1"; empty: any.
  std::string decidedBy;     // Check or rule that decided, as traces name it.
  std::string bodyContains;  // Of the message as it leaves.
  std::string bodyLacks;
  std::string headerContains;  // In a "Name: value" line as it leaves.
  std::optional<bool> held;    // In quarantine.
  // Recipients to whom it goes, whom auto BCC adds, whom it is discarded for.
  std::optional<std::vector<std::string>> delivered;
  std::optional<std::vector<std::string>> copiesTo;
  std::optional<std::vector<std::string>> dropped;
};

struct Expectation {
  std::string name;
  std::string from;             // MAIL FROM; empty: the null sender.
  std::vector<std::string> to;  // RCPT TO.
  std::string client = kAnyClient;
  std::string clientName = "unknown";  // In the DNS, and leading back.
  std::string helo = kAnyHelo;
  std::string login;        // SASL user name; empty: none.
  std::string message;      // The message; empty: a short one is made up.
  std::string messageFile;  // Path of an .eml, relative to the YAML.
  Expected expect;

  std::string file;  // Where it was written; not a key.
};

struct Expectations {
  std::vector<Expectation> tests;
  std::vector<Problem> problems;
};

// All of `directory`/*.yaml. A directory that is not there has none.
[[nodiscard]] Expectations loadExpectations(
    const std::filesystem::path& directory);

[[nodiscard]] Expectations parseExpectations(const Source& source);

}  // namespace mailreeve::config
