#include "core/scan/fallback.h"

#include <doctest/doctest.h>

#include "core/scan/clamd.h"
#include "tests/unit/scan/engine_double.h"

namespace mailreeve::scan {

namespace {

using namespace std::chrono_literals;

// An engine in this process, which works or does not.
class Engine final : public Scanner {
 public:
  explicit Engine(std::string name) : name_(std::move(name)) {}

  [[nodiscard]] std::string_view name() const override { return name_; }

  [[nodiscard]] std::unique_ptr<Scan> begin() override {
    ++asked;
    return std::make_unique<One>(*this);
  }

  bool works = true;
  int asked = 0;

 private:
  class One final : public Scan {
   public:
    explicit One(Engine& of) : of_(of) {}

    void bytes(std::string_view) override {}

    void complete(std::string_view message) override { message_ = message; }

    Result<Finding> answer(Deadline) override {
      if (!of_.works)
        return Error{ErrorCode::Unavailable, of_.name_ + " is down"};
      Finding finding;
      finding.engine = of_.name_;
      if (message_.find("EICAR") != std::string_view::npos)
        finding.kind = Finding::Kind::Infected;
      return finding;
    }

   private:
    Engine& of_;
    std::string_view message_;
  };

  std::string name_;
};

struct World {
  std::shared_ptr<Engine> first = std::make_shared<Engine>("icap");
  std::shared_ptr<Engine> second = std::make_shared<Engine>("clamd");
  std::vector<std::string> told;

  Fallback fallback(std::chrono::milliseconds pause) {
    return {first,
            second,
            [this](bool down, const std::string& why) {
              told.push_back(down ? "down: " + why : "back");
            },
            pause};
  }
};

}  // namespace

TEST_CASE("while the first engine works the second is not asked") {
  World world;
  auto fallback = world.fallback(1h);
  const auto finding = scanWhole(fallback, "EICAR", within(1s));
  REQUIRE(finding);
  CHECK(finding->kind == Finding::Kind::Infected);
  CHECK(finding->engine == "icap");
  CHECK(finding->note.empty());
  CHECK(world.second->asked == 0);
  CHECK(world.told.empty());
}

TEST_CASE("the second engine sees the same message, and it is told once") {
  World world;
  world.first->works = false;
  auto fallback = world.fallback(1h);
  for (int i = 0; i < 3; ++i) {
    const auto finding = scanWhole(fallback, "EICAR", within(1s));
    REQUIRE(finding);
    CHECK(finding->kind == Finding::Kind::Infected);
    CHECK(finding->engine == "clamd");
    CHECK(finding->note.find("down") != std::string::npos);
    CHECK((finding->turn == Finding::Turn::WentDown) == (i == 0));
  }
  CHECK(world.first->asked == 1);
  CHECK(world.told == std::vector<std::string>{"down: icap is down"});
}

TEST_CASE("after its pause the first engine is tried, and told when back") {
  World world;
  world.first->works = false;
  auto fallback = world.fallback(0ms);
  CHECK(scanWhole(fallback, "x", within(1s)));
  CHECK(scanWhole(fallback, "x", within(1s)));
  world.first->works = true;
  const auto finding = scanWhole(fallback, "x", within(1s));
  REQUIRE(finding);
  CHECK(finding->engine == "icap");
  CHECK(finding->turn == Finding::Turn::CameBack);
  CHECK(world.told == std::vector<std::string>{"down: icap is down", "back"});
}

TEST_CASE("when both are down nobody calls the message clean") {
  World world;
  world.first->works = false;
  world.second->works = false;
  auto fallback = world.fallback(1h);
  for (int i = 0; i < 2; ++i) {
    const auto finding = scanWhole(fallback, "x", within(1s));
    REQUIRE_FALSE(finding);
    CHECK(finding.error().what.find("clamd is down") != std::string::npos);
  }
  world.second->works = true;
  for (int i = 0; i < 2; ++i) {
    const auto finding = scanWhole(fallback, "x", within(1s));
    REQUIRE(finding);
    CHECK_MESSAGE((finding->turn == Finding::Turn::WentDown) == (i == 0),
                  "told as soon as the second one scans, and once");
  }
}

TEST_CASE("a first engine that is only slow leaves time for the second") {
  const EngineDouble silent([](Peer& peer) { peer.silence(); });
  const EngineDouble quick(behaveAsClamd);
  Fallback fallback(std::make_shared<Clamd>(silent.endpoint(), 1),
                    std::make_shared<Clamd>(quick.endpoint(), 1),
                    nullptr);
  const auto finding = scanWhole(fallback, "EICAR", within(2s));
  REQUIRE(finding);
  CHECK(finding->virus == "Eicar-Test");
}

}  // namespace mailreeve::scan
