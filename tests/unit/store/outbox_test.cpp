#include "core/store/outbox.h"

#include <doctest/doctest.h>

#include "tests/unit/scratch.h"

namespace mailreeve::store {

namespace {

using namespace std::chrono_literals;

struct World {
  Scratch scratch;
  ManualClock clock{TimePoint(1'700'000'000s)};
  Outbox outbox{scratch.path / "outbox.db", clock};
};

Notice notice(const std::string& text = "Subject: x\n\nhello\n") {
  Notice made;
  made.kind = "test";
  made.recipients = {"b@example.com", "a@example.com"};
  made.message = text;
  return made;
}

std::size_t dueNow(Outbox& outbox) {
  const auto due = outbox.due(100);
  REQUIRE(due);
  return due->size();
}

}  // namespace

TEST_CASE("Outbox: what is put in is due at once, whole, until it is sent") {
  World world;
  Notice filled = notice("");
  filled.templateName = "notices/virus.txt.tpl";
  filled.values = {{"VIRUS", "Eicar"},
                   {"SUBJECT",
                    "b\xc3\xbc"
                    "cher"}};
  REQUIRE(world.outbox.add(filled));
  Outbox another(world.scratch.path / "outbox.db", world.clock);
  const auto due = another.due(10);
  REQUIRE(due);
  REQUIRE(due->size() == 1);
  const auto& got = due->front().notice;
  CHECK(got.kind == "test");
  CHECK(got.templateName == filled.templateName);
  CHECK(got.recipients ==
        std::vector<std::string>{"a@example.com", "b@example.com"});
  REQUIRE(got.values.size() == 2);
  CHECK(got.values[0].first == "SUBJECT");
  CHECK(got.values[1].second == "Eicar");
  REQUIRE(another.sent(due->front().id));
  CHECK(dueNow(world.outbox) == 0);
}

TEST_CASE("Outbox: a failure waits longer each time, and at last is given up") {
  World world;
  REQUIRE(world.outbox.add(notice()));
  const auto id = world.outbox.due(1)->front().id;
  REQUIRE(*world.outbox.failed(id, "Postfix is not there") == false);
  CHECK(dueNow(world.outbox) == 0);
  CHECK(world.outbox.list(1)->front().problem == "Postfix is not there");
  world.clock.advance(1min);
  CHECK(dueNow(world.outbox) == 1);
  REQUIRE(world.outbox.failed(id, "again"));
  world.clock.advance(1min);
  CHECK(dueNow(world.outbox) == 0);
  world.clock.advance(1min);
  CHECK(dueNow(world.outbox) == 1);
  world.clock.advance(Outbox::kGivenUpAfter);
  const auto last = world.outbox.failed(id, "for ever");
  REQUIRE(last);
  CHECK(*last);
  CHECK(world.outbox.list(1)->empty());
}

TEST_CASE("Outbox: one notice of a key in its time, also when it was sent") {
  World world;
  Notice down = notice();
  down.once = {"icap down", 60min};
  CHECK(*world.outbox.add(down));
  CHECK_FALSE(*world.outbox.add(down));
  REQUIRE(world.outbox.sent(world.outbox.due(1)->front().id));
  CHECK_FALSE(*world.outbox.add(down));
  Notice other = down;
  other.once.key = "clamd down";
  CHECK(*world.outbox.add(other));
  world.clock.advance(60min);
  CHECK(*world.outbox.add(down));
}

TEST_CASE("Outbox: refuses what could not be sent") {
  World world;
  Notice toNobody = notice();
  toNobody.recipients.clear();
  CHECK_FALSE(world.outbox.add(toNobody));
  CHECK_FALSE(world.outbox.add(notice("")));
  Notice both = notice();
  both.templateName = "notices/virus.txt.tpl";
  CHECK_FALSE(world.outbox.add(both));
}

}  // namespace mailreeve::store
