// What a notice costs, from the parsed message to the proved new body, in the
// shapes mail has; and what it costs to find that it is there already.
#include <string>

#include <benchmark/benchmark.h>

#include "core/base/text.h"
#include "core/mail/notice.h"
#include "core/mail/transfer_encoding.h"

namespace mailreeve::mail {

namespace {

Notice notice() {
  return {.id = "legal",
          .html =
              "<hr><p>Example Ltd., registered in Berlin under HRB 12345. "
              "This message is confidential.</p>"};
}

std::string text(std::size_t size) {
  std::string out;
  while (out.size() < size) out += "A line of an ordinary message to Bob.\r\n";
  return out;
}

std::string plain(std::size_t size, const std::string& encoding) {
  std::string body = text(size);
  if (encoding == "base64") body = encodeBase64(body) + "\r\n";
  return "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; "
         "charset=utf-8\r\nContent-Transfer-Encoding: " +
         encoding + "\r\n\r\n" + body;
}

std::string usual(std::size_t attachment) {
  return "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
         "boundary=m\r\n\r\n--m\r\nContent-Type: multipart/alternative; "
         "boundary=a\r\n\r\n--a\r\nContent-Type: text/plain; charset=utf-8\r\n"
         "Content-Transfer-Encoding: quoted-printable\r\n\r\n" +
         text(2000) +
         "--a\r\nContent-Type: text/html; charset=utf-8\r\n"
         "Content-Transfer-Encoding: quoted-printable\r\n\r\n<html><body>" +
         text(4000) +
         "</body></html>\r\n--a--\r\n--m\r\nContent-Type: application/pdf; "
         "name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
         encodeBase64(std::string(attachment, 'x')) + "\r\n--m--\r\n";
}

void insertInto(benchmark::State& state, const std::string& bytes) {
  const auto legal = notice();
  for (auto _ : state) {
    state.PauseTiming();
    auto message = messageFromBytes(bytes, {.mailFrom = "alice@b.example"});
    state.ResumeTiming();
    const auto result = insertNotice(*message, legal);
    if (!result || result->outcome != NoticeResult::Outcome::Inserted)
      state.SkipWithError("not inserted");
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(bytes.size()));
}

void intoPlain(benchmark::State& state) {
  insertInto(state, plain(static_cast<std::size_t>(state.range(0)), "7bit"));
}

void intoBase64(benchmark::State& state) {
  insertInto(state, plain(static_cast<std::size_t>(state.range(0)), "base64"));
}

void intoUsual(benchmark::State& state) {
  insertInto(state, usual(static_cast<std::size_t>(state.range(0))));
}

void findThere(benchmark::State& state) {
  const auto legal = notice();
  auto first = messageFromBytes(usual(100 << 10), {.mailFrom = "a@b.example"});
  const auto second = apply(*first, insertNotice(*first, legal)->edit);
  for (auto _ : state) {
    const auto result = insertNotice(*second, legal);
    benchmark::DoNotOptimize(&result);
  }
}

BENCHMARK(intoPlain)->Arg(2 << 10)->Arg(1 << 20);
BENCHMARK(intoBase64)->Arg(2 << 10)->Arg(1 << 20);
BENCHMARK(intoUsual)->Arg(0)->Arg(100 << 10)->Arg(10 << 20);
BENCHMARK(findThere);

}  // namespace

}  // namespace mailreeve::mail
