// The fault matrix: each helper x each of its faults x each setting that
// decides about it, through the settings' own text, real sockets and the whole
// engine. A cell is what becomes of the message and what the client or the
// reader is told. The message is one that a well helper finds, or, where a
// helper speaks for the sender, one that it saves; the first column proves it.
//
// What must never be: found or not, a message accepted because a helper fell
// over in a way nobody thought of, or one that is waited for without an end.
#include <future>
#include <optional>

#include "core/auth/arc/sign.h"
#include "core/auth/dkim/sign.h"
#include "core/base/text.h"
#include "milter/backends.h"
#include "tests/unit/auth/dkim/keys.h"
#include "tests/unit/faults/crowd.h"
#include "tests/unit/faults/helpers.h"
#include "tests/unit/faults/rows.h"
#include "tests/unit/milter/fixtures.h"

namespace mailreeve::faults {

namespace {

using namespace milter;

// Nobody waits for a well helper that long; on a busy machine it may take some.
constexpr int kPatience = 20;
constexpr std::chrono::seconds kLimit{1};
constexpr std::chrono::seconds kLongLimit{2};  // Others are asked, too.
constexpr std::chrono::seconds kSlack{9};      // Of a busy machine.

// What the reader sees of it.
std::string marksIn(std::string_view message) {
  std::string marks;
  for (const auto line : split(message, '\n'))
    for (const std::string field : {"Subject: [", "X-Virus-", "X-Spam-Status:"})
      if (line.starts_with(field)) marks += " | " + std::string(trim(line));
  for (const std::string result :
       {"spf=temperror", "dkim=temperror", "dmarc=temperror"})
    if (message.find(result) != std::string_view::npos) marks += " | " + result;
  return marks;
}

std::string told(Outcome outcome) {
  const auto& verdict = outcome.verdict;
  std::string says(name(verdict.kind));
  if (verdict.refuses())
    says += " " + std::to_string(verdict.reply.code) + " " +
            verdict.reply.enhanced + " " + verdict.reply.text;
  if (verdict.final()) return says;
  const auto leaves = outcome.draft.message();
  REQUIRE(leaves);
  return says + marksIn((*leaves)->bytes());
}

struct Cell {
  std::string got;
  std::string domain;
  std::chrono::steady_clock::duration took;
};

std::string onTop(const Result<std::vector<mail::Header>>& fields,
                  const std::string& message) {
  REQUIRE(fields);
  std::string top;
  for (const auto& field : *fields)
    top += field.name + ":" + replaceAll(field.value, "\n", "\r\n") + "\r\n";
  return top + message;
}

std::string composed(Key key,
                     const std::string& domain,
                     const std::string& selector) {
  static const ManualClock clock(kNow);
  const std::string plain = "From: x@" + domain +
                            "\r\nSubject: Hello\r\n"
                            "Message-ID: <1@" +
                            domain + ">\r\n\r\nEICAR\r\n";
  if (key == Key::None) return plain;
  if (key == Key::Lists)
    return onTop(
        arc::Sealer(clock).seal(auth::viewOf(plain),
                                {},
                                {"list.example.org", selector, dkim::rsaKey()},
                                "list.example.org; dmarc=pass"),
        plain);
  const auto whole =
      onTop(dkim::Signer(clock).sign(auth::viewOf(plain),
                                     {{domain, selector, dkim::rsaKey()}}),
            plain);
  return key == Key::Changed ? replaceAll(whole, "Hello", "Hallo") : whole;
}

// As the session does it: at DATA, as bytes come, at the end.
std::string judge(const Engine& engine,
                  const std::string& domain,
                  const std::string& bytes) {
  const auto message =
      messageOf(bytes, envelopeOf("x@" + domain, {"a@example.com"}));
  const Transaction transaction(engine.policy(), message.envelope(), kNow);
  Inspection inspection;
  Outcome early(message);
  early.verdict = engine.onEnvelope(transaction, inspection);
  if (early.verdict.final()) return told(std::move(early));
  inspection.bytes(message.bytes());
  return told(engine.onMessage(transaction, message, std::move(inspection)));
}

Cell play(const Row& row, Fault fault) {
  static const ManualClock clock(kNow);
  const BrokenHelper helper(row.helper, fault);
  const BrokenHelper behind(Helper::Clamd, Fault::None);
  const bool keyed = row.key != Key::None;
  const bool followed = keyed || row.settings.find("$B") != std::string::npos;
  const auto limit = std::to_string(fault == Fault::None ? kPatience
                                    : followed           ? kLongLimit.count()
                                                         : kLimit.count());
  Cell cell;
  cell.domain =
      (keyed ? row.author : helper.label(row.author)) + ".example.org";
  const bool crowded = fault == Fault::Busy;
  auto settings = crowded ? Crowd::oneTurn(row.settings) : row.settings;
  for (const auto& [mark, value] :
       {std::pair<std::string, std::string>{"$S", helper.server()},
        {"$B", behind.server()},
        {"$T", limit},
        {"$D", cell.domain}})
    settings = replaceAll(settings, mark, value);
  const auto policy = policyOf("", settings + "\n");
  const Scratch scratch;
  Paths paths;
  paths.state = scratch.path;
  auto backends = makeBackends(policy->settings(), clock, paths, nullptr);
  REQUIRE(backends);
  const auto ours = std::make_shared<Backends>(**backends);
  std::optional<Crowd> crowd;
  if (crowded) crowd.emplace(helper, *ours, kLimit);
  auto engine = Engine::make(policy, "7", ours);
  REQUIRE(engine);
  const auto bytes = composed(row.key, cell.domain, helper.label("key"));
  const auto start = std::chrono::steady_clock::now();
  cell.got = judge(**engine, cell.domain, bytes);
  cell.took = std::chrono::steady_clock::now() - start;
  return cell;
}

}  // namespace

TEST_CASE("fault matrix: each helper x each fault x each setting") {
  for (const auto& row : rows()) {
    CAPTURE(row.label);
    const auto faults = faultsOf(row.helper);
    std::vector<std::future<Cell>> cells;
    for (const auto& fault : faults)
      cells.push_back(
          std::async(std::launch::async, play, std::cref(row), fault.second));
    for (std::size_t i = 0; i < faults.size(); ++i) {
      const auto& [label, fault] = faults[i];
      CAPTURE(label);
      const Cell cell = cells[i].get();
      const bool dead = fault == Fault::Dead && !row.dead.empty();
      const auto& want = fault == Fault::None ? row.well
                         : dead               ? row.dead
                                              : row.broken;
      CHECK(cell.got == replaceAll(want, "$D", cell.domain));
      if (fault != Fault::None) CHECK(cell.took < kLimit + kSlack);
    }
  }
}

}  // namespace mailreeve::faults
