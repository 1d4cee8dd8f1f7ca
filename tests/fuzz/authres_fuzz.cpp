// Throws text at the reader of Authentication-Results, and lets the writer
// write it: what we write says what we meant, whatever the sender chose.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/auth/results/read.h"
#include "core/auth/results/write.h"

using namespace mailreeve;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)results::readResults(text);
  const std::string message = "Authentication-Results:" + text;
  (void)results::forgedResults(auth::viewOf(message), "mx.example.org");

  const auto field =
      results::resultsField("mx.example.org",
                            {{.method = "spf",
                              .result = "fail",
                              .reason = text,
                              .properties = {{"smtp.mailfrom", text}}},
                             {.method = "dkim", .result = "none"}});
  const auto read = results::readResults(field.value);
  if (!read || read->authservId != "mx.example.org") std::abort();
  if (read->methods.size() != 2 || !read->says("spf", "fail") ||
      !read->says("dkim", "none"))
    std::abort();
  const std::string ours = field.name + ":" + field.value + "\r\n\r\n";
  const auto view = auth::viewOf(ours);
  if (view.fields.size() != 1 ||
      results::forgedResults(view, "MX.example.org").size() != 1)
    std::abort();
  return 0;
}
