// How viruses are looked for, and what becomes of mail that has one (FEATURES
// E1-E3).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mailreeve::config {

enum class AntivirusEngine { None, Clamav, Icap };

enum class VirusAction { Quarantine, Delete, Deliver };

// What an infected message of our own users gets.
enum class OutboundVirusAction { Reject, AsInbound };

// When no engine gives an answer.
enum class ScanFailure { Defer, Deliver, Mark };

// A message that is too large to be scanned.
enum class TooLargeAction { Mark, Deliver, Quarantine, Reject };

enum class IcapMode { Response, Request };

struct ClamdSettings {
  std::string socket = "/run/clamav/clamd.ctl";  // Or IP:port.
  bool manage = false;  // Write /etc/clamav/clamd.conf.
  bool blockEncrypted = false;
  bool blockMacros = false;
  bool blockOverLimits = false;
  bool detectUnwanted = false;
  bool phishing = true;

  friend bool operator==(const ClamdSettings&, const ClamdSettings&) = default;
};

struct IcapSettings {
  std::string server = "127.0.0.1:1344";
  std::string service = "avscan";
  IcapMode mode = IcapMode::Response;
  bool preview = true;
  bool selfTest = true;  // Nothing is clean unless a test virus is found.
  bool fallBack = true;  // To clamd.

  friend bool operator==(const IcapSettings&, const IcapSettings&) = default;
};

struct VirusUpdates {
  bool manage = false;             // Write /etc/clamav/freshclam.conf.
  std::int64_t checksPerDay = 24;  // 0: only `mgmtctl antivirus update`.
  bool official = true;            // ClamAV's own signatures, too.
  std::vector<std::string> mirrors = {"database.clamav.net"};
  std::vector<std::string> privateMirrors;  // Instead of mirrors.
  std::vector<std::string> databases;       // URLs of others' signatures.

  friend bool operator==(const VirusUpdates&, const VirusUpdates&) = default;
};

struct Antivirus {
  AntivirusEngine engine = AntivirusEngine::None;
  VirusAction action = VirusAction::Quarantine;
  std::string subjectPrefix = "[VIRUS]";
  bool notifyRecipients = false;
  bool scanOutbound = true;
  OutboundVirusAction outboundAction = OutboundVirusAction::Reject;
  ScanFailure onFailure = ScanFailure::Defer;
  std::int64_t timeLimitSeconds = 60;
  std::int64_t maxScanSize = std::int64_t{25} << 20U;  // Bytes.
  TooLargeAction tooLarge = TooLargeAction::Mark;
  std::int64_t maxScans = 10;  // At once.
  std::vector<std::string> warnTo;
  ClamdSettings clamd;
  IcapSettings icap;
  VirusUpdates updates;

  friend bool operator==(const Antivirus&, const Antivirus&) = default;
};

}  // namespace mailreeve::config
