// What reading a message costs: its MIME structure, by size and by number of
// parts, and the size of an encoded attachment.
#include <string>

#include <benchmark/benchmark.h>

#include "core/mail/mime_tree.h"
#include "core/mail/transfer_encoding.h"

namespace mailreeve::mail {

namespace {

std::string part(const std::string& type, const std::string& body) {
  return "--b\r\nContent-Type: " + type + "\r\n\r\n" + body + "\r\n";
}

std::string mixed(const std::string& parts) {
  return "From: alice@b.example\r\nTo: bob@b.example\r\nSubject: x\r\n"
         "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
         "boundary=b\r\n\r\n" +
         parts + "--b--\r\n";
}

std::string attachment(std::size_t size) {
  return "--b\r\nContent-Type: application/pdf; name=a.pdf\r\n"
         "Content-Transfer-Encoding: base64\r\n\r\n" +
         encodeBase64(std::string(size, 'x')) + "\r\n";
}

// A text and an attachment of so many bytes.
void parseBySize(benchmark::State& state) {
  const std::string bytes =
      mixed(part("text/plain", "hello") +
            attachment(static_cast<std::size_t>(state.range(0))));
  for (auto _ : state) {
    const auto tree = MimeTree::parse(bytes);
    benchmark::DoNotOptimize(&tree);
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(bytes.size()));
}

void parseByParts(benchmark::State& state) {
  std::string parts;
  for (std::int64_t i = 0; i < state.range(0); ++i)
    parts += part("text/html; charset=utf-8", "<p>hello</p>");
  const std::string bytes = mixed(parts);
  for (auto _ : state) {
    const auto tree = MimeTree::parse(bytes);
    benchmark::DoNotOptimize(&tree);
  }
}

void countDecoded(benchmark::State& state) {
  const std::string bytes =
      mixed(attachment(static_cast<std::size_t>(state.range(0))));
  const auto tree = MimeTree::parse(bytes);
  for (auto _ : state)
    benchmark::DoNotOptimize(decodedSize(tree.nodes()[1], bytes));
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(bytes.size()));
}

BENCHMARK(parseBySize)->Arg(10 << 10)->Arg(100 << 10)->Arg(10 << 20);
BENCHMARK(parseByParts)->Arg(1)->Arg(10)->Arg(1000);
BENCHMARK(countDecoded)->Arg(100 << 10)->Arg(10 << 20);

}  // namespace

}  // namespace mailreeve::mail
