#include "core/dns/answer_cache.h"

#include <doctest/doctest.h>

#include "core/dns/caching_resolver.h"

namespace mailreeve::dns {

namespace {

using std::chrono::seconds;

constexpr AnswerCache::Moment kStart{std::chrono::hours(1)};

Answer texts(std::string text, std::uint32_t ttl) {
  return {.status = Status::Found, .texts = {std::move(text)}, .ttl = ttl};
}

// Counts what it is asked, and has a text for every name but one.
class Counting final : public Resolver {
 public:
  explicit Counting(int& asked) : asked_(asked) {}

 private:
  [[nodiscard]] std::unique_ptr<Query> ask(std::string name, Type) override {
    ++asked_;
    return std::make_unique<AnsweredQuery>(
        name == "down.example" ? failed("SERVFAIL") : texts(name, 60));
  }

  int& asked_;
};

}  // namespace

TEST_CASE("an answer is kept for its time") {
  struct Row {
    std::string label;
    Answer answer;
    seconds known;  // The last second at which it is.
  };

  const Row rows[] = {
      {"records, as long as they say", texts("a", 300), seconds(299)},
      {"records that must not be kept", texts("a", 0), seconds(-1)},
      {"no record, as long as the zone says",
       {.status = Status::NoData, .ttl = 60},
       seconds(59)},
      {"no name, and nobody says how long",
       {.status = Status::NoDomain},
       seconds(4)},
      {"no name for a day, which is too long for who publishes it now",
       {.status = Status::NoDomain, .ttl = 86400},
       seconds(299)},
      {"no answer", failed("SERVFAIL"), seconds(-1)},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    AnswerCache cache(1U << 20U);
    cache.put("a.example", Type::Txt, row.answer, kStart);
    CHECK(cache.find("a.example", Type::Txt, kStart + row.known).has_value() ==
          (row.known >= seconds(0)));
    CHECK_FALSE(
        cache.find("a.example", Type::Txt, kStart + row.known + seconds(1)));
    CHECK_FALSE(cache.find("a.example", Type::Mx, kStart));
    CHECK_FALSE(cache.find("b.example", Type::Txt, kStart));
  }
}

TEST_CASE("an answer says how long it may still be kept") {
  AnswerCache cache(1U << 20U);
  cache.put("a.example", Type::Txt, texts("old", 300), kStart);
  CHECK(cache.find("a.example", Type::Txt, kStart + seconds(100))->ttl == 200);
  cache.put("a.example", Type::Txt, texts("new", 50), kStart + seconds(100));
  const auto found = cache.find("a.example", Type::Txt, kStart + seconds(110));
  REQUIRE(found);
  CHECK(found->texts.front() == "new");
  CHECK(found->ttl == 40);
}

TEST_CASE("a flood of names pushes out what nobody asks for") {
  AnswerCache cache(64U << 10U);
  cache.put("used.example", Type::Txt, texts("used", 300), kStart);
  cache.put("unused.example", Type::Txt, texts("unused", 300), kStart);
  for (int i = 0; i < 10'000; ++i) {
    cache.put("n" + std::to_string(i) + ".example",
              Type::Txt,
              texts("x", 300),
              kStart);
    CHECK(cache.find("used.example", Type::Txt, kStart));
  }
  CHECK_FALSE(cache.find("unused.example", Type::Txt, kStart));
  CHECK_FALSE(cache.find("n0.example", Type::Txt, kStart));
  CHECK(cache.find("n9999.example", Type::Txt, kStart));
}

TEST_CASE("an answer larger than the room is not kept") {
  AnswerCache cache(1000);
  cache.put("a.example", Type::Txt, texts(std::string(900, 'x'), 300), kStart);
  CHECK_FALSE(cache.find("a.example", Type::Txt, kStart));
}

TEST_CASE("a name server is asked once for what it answers") {
  int asked = 0;
  CachingResolver resolver(std::make_unique<Counting>(asked));
  const auto ask = [&resolver](std::string_view name) {
    return resolver.lookup(name, Type::Txt, Deadline{});
  };
  CHECK(ask("a.example").texts.front() == "a.example");
  CHECK(ask("A.Example.").texts.front() == "a.example");
  CHECK(asked == 1);
  CHECK(ask("down.example").status == Status::Failed);
  CHECK(ask("down.example").status == Status::Failed);
  CHECK(asked == 3);
  CHECK(ask("..").status == Status::NoDomain);
  CHECK(asked == 3);
}

}  // namespace mailreeve::dns
