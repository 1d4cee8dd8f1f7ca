#include "mgmtd/keys/key_states.h"

#include <optional>
#include <utility>

namespace mailreeve::keys {

namespace {

using dkim::Publication;
using Sight = Publication::Sight;
using store::DkimKey;
using store::KeyState;

// How long a key may sign by force before it is said that its record is not
// seen: until then it may be under way to the name servers that we ask.
constexpr auto kForcedGrace = std::chrono::days(1);

class Advance {
 public:
  Advance(std::vector<DkimKey> keys, TimePoint now, const Rules& rules)
      : now_(now), rules_(rules) {
    progress_.keys = std::move(keys);
  }

  Progress run(const Looks& looks) {
    for (auto& key : progress_.keys)
      if (const auto look = looks.find(key.selector); look != looks.end())
        note(key, look->second);
    for (auto& key : progress_.keys)
      if (key.state == KeyState::Pending && mayBeUsed(key)) activate(key);
    for (auto& key : progress_.keys)
      if (key.state == KeyState::Retiring && now_ - key.since >= rules_.overlap)
        retire(key);
    return std::move(progress_);
  }

 private:
  void tell(const DkimKey& key, std::string what, bool warning = false) {
    progress_.notices.push_back(
        {key.domain, key.selector, std::move(what), warning});
  }

  void enter(DkimKey& key, KeyState state) {
    key.state = state;
    key.since = now_;
  }

  // Whether `moment` lies between the former answer and this one.
  [[nodiscard]] bool hasPassed(TimePoint moment,
                               const std::optional<TimePoint>& former) const {
    return moment <= now_ && (!former || *former < moment);
  }

  // What the DNS said. Only an answer changes what is known.
  void note(DkimKey& key, const Publication& look) {
    if (look.sight == Sight::Unknown) return;
    const std::string before = std::exchange(key.problem, look.problem);
    const auto checked = std::exchange(key.checked, now_);
    const bool needed =
        key.state == KeyState::Active || key.state == KeyState::Retiring;
    if (look.sight != Sight::Right) {
      if (needed && key.seen && before.empty())
        tell(key, "its record is no longer right: " + look.problem, true);
      if (key.state == KeyState::Active && !key.seen &&
          hasPassed(key.since + kForcedGrace, checked))
        tell(key,
             "signs by force, and nobody can verify it: " + look.problem,
             true);
      return;
    }
    if (needed && key.seen && !before.empty()) tell(key, "its record is back");
    key.seen = now_;
  }

  [[nodiscard]] bool mayBeUsed(const DkimKey& key) const {
    return key.forced || rules_.force || (key.seen && key.problem.empty());
  }

  // One key of each algorithm signs: the one that was last found usable.
  void activate(DkimKey& key) {
    for (auto& other : progress_.keys)
      if (other.state == KeyState::Active && other.algorithm == key.algorithm) {
        enter(other, KeyState::Retiring);
        tell(other, "signs no more, " + key.selector + " has taken its place");
      }
    enter(key, KeyState::Active);
    tell(key,
         key.seen && key.problem.empty()
             ? "its record is seen in the DNS: it signs from now on"
             : "signs from now on, by force: its record is not seen");
    progress_.signingChanged = true;
  }

  void retire(DkimKey& key) {
    enter(key, KeyState::Retired);
    tell(key, "retired; its record may be taken out of the DNS");
  }

  TimePoint now_;
  Rules rules_;
  Progress progress_;
};

}  // namespace

Progress advance(std::vector<DkimKey> keys,
                 const Looks& looks,
                 TimePoint now,
                 const Rules& rules) {
  return Advance(std::move(keys), now, rules).run(looks);
}

}  // namespace mailreeve::keys
