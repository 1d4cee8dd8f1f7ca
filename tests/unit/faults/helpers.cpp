#include "tests/unit/faults/helpers.h"

#include "core/auth/dkim/record.h"
#include "tests/unit/auth/dkim/keys.h"
#include "tests/unit/scan/icap_double.h"

namespace mailreeve::faults {

namespace {

using scan::Peer;
using Behaviour = scan::EngineDouble::Behaviour;

// Longer than any limit of the matrix.
constexpr std::chrono::seconds kTooLate{30};

const std::string kNul(1, '\0');

// Takes one question, whole. False: the client is gone.
using Hear = std::function<bool(Peer&)>;

bool hearClamd(Peer& peer) {
  return peer.readUntil(kNul) == "zIDSESSION" + kNul &&
         peer.readUntil(kNul) == "zINSTREAM" + kNul &&
         scan::readInstream(peer).has_value();
}

// The options are answered well: a fault there is one of the client's own
// tests.
bool hearIcap(Peer& peer) {
  for (;;) {
    const auto head = peer.readUntil("\r\n\r\n");
    if (!head) return false;
    if (!head->starts_with("OPTIONS ")) break;
    peer.say(scan::kIcapOptionsNoPreview);
  }
  bool more = false;
  (void)peer.readUntil("\r\n\r\n");
  (void)peer.readUntil("\r\n\r\n");
  (void)scan::readChunks(peer, more);
  return true;
}

// A client of spamd says that it has said everything.
bool hearSpamd(Peer& peer) {
  while (peer.read(1)) {
  }
  return true;
}

struct Protocol {
  Hear hear;
  std::string nothingFound;
  std::string cannot;
  Behaviour well;
};

void spamdThatFinds(Peer& peer) {
  (void)hearSpamd(peer);
  peer.say(
      "SPAMD/1.1 0 EX_OK\r\nContent-length: 4\r\n"
      "Spam: True ; 15.0 / 5.0\r\n\r\nRULE");
}

Protocol protocolOf(Helper helper) {
  if (helper == Helper::Clamd)
    return {hearClamd,
            "1: stream: OK" + kNul,
            "1: stream: Can't allocate memory ERROR" + kNul,
            scan::behaveAsClamd};
  if (helper == Helper::Icap)
    return {hearIcap,
            scan::kIcapNothing,
            "ICAP/1.0 500 Server error\r\nISTag: \"v1\"\r\n\r\n",
            scan::icapService(scan::kIcapOptions)};
  return {hearSpamd,
          "SPAMD/1.1 0 EX_OK\r\nContent-length: 4\r\n"
          "Spam: False ; 0.0 / 5.0\r\n\r\nRULE",
          "SPAMD/1.1 75 EX_TEMPFAIL\r\n\r\n",
          spamdThatFinds};
}

Behaviour behaviourOf(Helper helper, Fault fault) {
  auto protocol = protocolOf(helper);
  if (fault == Fault::None) return protocol.well;
  if (fault == Fault::WithoutEngine) return scan::icapWithoutEngine();
  return [fault, protocol = std::move(protocol)](Peer& peer) {
    const std::string& answer = protocol.nothingFound;
    if (fault == Fault::Refusing) return;
    if (fault == Fault::Mute || fault == Fault::Busy) return peer.stay();
    if (!protocol.hear(peer)) return;
    if (fault == Fault::Slow) return peer.dribble(answer);
    if (fault == Fault::Nonsense)
      peer.say("\x7f\x45\x4c\x46\x02 220 hello\r\n\r\n" + kNul);
    else if (fault == Fault::Failing)
      peer.say(protocol.cannot);
    else
      peer.say(answer.substr(0, answer.size() - 1));
    if (fault != Fault::BreaksOff) peer.stay();
  };
}

}  // namespace

std::vector<std::pair<std::string, Fault>> faultsOf(Helper helper) {
  std::vector<std::pair<std::string, Fault>> all = {
      {"well", Fault::None},
      {"dead", Fault::Dead},
      {"refusing", Fault::Refusing},
      {"mute", Fault::Mute},
      {"slow", Fault::Slow},
      {"silent after half an answer", Fault::Half},
      {"gone after half an answer", Fault::BreaksOff},
      {"answering nonsense", Fault::Nonsense},
      {"saying that it cannot", Fault::Failing},
  };
  if (helper == Helper::Icap)
    all.emplace_back("well, but without its engine", Fault::WithoutEngine);
  if (helper == Helper::Clamd || helper == Helper::Spamd)
    all.emplace_back("busy with others", Fault::Busy);
  return all;
}

BrokenHelper::BrokenHelper(Helper helper, Fault fault)
    : helper_(helper), fault_(fault) {
  if (fault == Fault::Dead) return;
  if (helper == Helper::Dns)
    dns_.emplace(kTooLate,
                 std::map<std::string, std::string>{
                     {"key", *dkim::recordText(*dkim::rsaKey())},
                     {"pass", "v=spf1 +all"}});
  else
    engine_.emplace(behaviourOf(helper, fault));
}

std::string BrokenHelper::server() const {
  if (engine_) return engine_->endpoint().path;
  if (dns_) return dns_->address();
  // Port 9 of loopback: nobody listens.
  return helper_ == Helper::Dns ? "127.0.0.1@9" : nobody_.path / "none";
}

int BrokenHelper::connections() const {
  return engine_ ? engine_->connections() : 0;
}

std::string BrokenHelper::label(const std::string& well) const {
  switch (fault_) {
    case Fault::Refusing:
      return "refused";
    case Fault::Mute:
      return "drop";
    case Fault::Slow:
      return "slow";
    case Fault::Half:
      return "mute-tc";
    case Fault::BreaksOff:
      return "broken";
    case Fault::Nonsense:
      return "garbage";
    case Fault::Failing:
      return "servfail";
    case Fault::Dead:
    case Fault::WithoutEngine:
    case Fault::Busy:
    case Fault::None:
      break;
  }
  return well;
}

}  // namespace mailreeve::faults
