#include "core/base/inflate.h"

#include <algorithm>
#include <array>

#include <zlib.h>

namespace mailreeve {

namespace {

constexpr std::size_t kStep = std::size_t{1} << 14U;

}  // namespace

Inflated inflateZlib(std::string_view compressed, std::size_t most) {
  Inflated out;
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return out;
  std::array<char, kStep> in{};  // zlib takes no const.
  std::array<char, kStep> got{};
  int said = Z_OK;
  while (said == Z_OK && out.bytes.size() <= most) {
    if (stream.avail_in == 0) {
      const auto next = compressed.substr(out.taken, in.size());
      if (next.empty()) break;
      std::copy(next.begin(), next.end(), in.begin());
      out.taken += next.size();
      stream.next_in = reinterpret_cast<Bytef*>(in.data());
      stream.avail_in = static_cast<uInt>(next.size());
    }
    stream.next_out = reinterpret_cast<Bytef*>(got.data());
    stream.avail_out = static_cast<uInt>(got.size());
    said = inflate(&stream, Z_NO_FLUSH);
    out.bytes.append(got.data(), got.size() - stream.avail_out);
  }
  out.taken -= stream.avail_in;
  inflateEnd(&stream);
  if (out.bytes.size() > most) {
    out.bytes.resize(most);
    out.end = Inflated::End::Limit;
  } else if (said == Z_STREAM_END) {
    out.end = Inflated::End::Whole;
  }
  return out;
}

}  // namespace mailreeve
