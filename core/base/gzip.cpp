#include "core/base/gzip.h"

#include <zlib.h>

namespace mailreeve {

namespace {

constexpr std::size_t kMost = std::size_t{1} << 30U;  // zlib counts in uInt.
constexpr int kGzip = 16 + MAX_WBITS;

}  // namespace

Result<std::string> gzip(std::string_view bytes) {
  if (bytes.size() > kMost)
    return Error{ErrorCode::Invalid, "too much to be compressed at once"};
  z_stream stream{};
  if (deflateInit2(&stream,
                   Z_BEST_COMPRESSION,
                   Z_DEFLATED,
                   kGzip,
                   8,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    return Error{ErrorCode::Internal, "zlib does not start"};
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  std::string in(bytes);  // zlib takes no const.
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (ended != Z_STREAM_END)
    return Error{ErrorCode::Internal, "zlib does not end"};
  return out;
}

}  // namespace mailreeve
