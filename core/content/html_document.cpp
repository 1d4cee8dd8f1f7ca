#include "core/content/html_document.h"

#include <algorithm>
#include <csetjmp>
#include <cstdlib>
#include <memory>
#include <utility>

#include <gumbo.h>

#include "core/base/text.h"
#include "core/content/style.h"

namespace mailreeve::content {

namespace {

// What gumbo allocates from. It expects no allocation to fail: over a limit,
// the arena leaves the parser by longjmp, over frames of C alone, and all it
// ever gave away goes with it.
class Arena {
 public:
  explicit Arena(const HtmlLimits& limits)
      : left_(limits.memory),
        end_(std::chrono::steady_clock::now() + limits.time) {}

  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&&) = delete;
  Arena& operator=(Arena&&) = delete;

  ~Arena() {
    while (blocks_ != nullptr) {
      Block* next = blocks_->next;
      std::free(blocks_);  // NOLINT(*-no-malloc)
      blocks_ = next;
    }
  }

  [[nodiscard]] std::jmp_buf& wayOut() { return wayOut_; }

  static void* allocate(void* self, std::size_t size) {
    return static_cast<Arena*>(self)->take(size);
  }

  static void release(void* /*self*/, void* /*bytes*/) {}

 private:
  struct alignas(std::max_align_t) Block {
    Block* next;
  };

  static constexpr std::size_t kBlock = std::size_t{256} << 10U;
  static constexpr std::size_t kAlign = alignof(std::max_align_t);

  void* take(std::size_t size) {
    size = (size + kAlign - 1) / kAlign * kAlign;
    if (++calls_ % 256 == 0 && std::chrono::steady_clock::now() >= end_)
      std::longjmp(wayOut_, 1);  // NOLINT(*-err52-cpp)
    if (size > room_) grow(size);
    char* taken = at_;
    at_ += size;
    room_ -= size;
    return taken;
  }

  void grow(std::size_t size) {
    const std::size_t wanted = size > kBlock ? size : kBlock;
    void* raw = wanted > left_ ? nullptr
                               : std::malloc(sizeof(Block) + wanted);  // NOLINT
    if (raw == nullptr) std::longjmp(wayOut_, 1);  // NOLINT(*-err52-cpp)
    left_ -= wanted;
    auto* block = static_cast<Block*>(raw);
    block->next = blocks_;
    blocks_ = block;
    at_ = static_cast<char*>(raw) + sizeof(Block);
    room_ = wanted;
  }

  std::jmp_buf wayOut_{};
  std::size_t left_;
  std::chrono::steady_clock::time_point end_;
  Block* blocks_ = nullptr;
  char* at_ = nullptr;
  std::size_t room_ = 0;
  std::size_t calls_ = 0;
};

// Null: over a limit. Nothing here has a destructor, as longjmp demands.
GumboOutput* parse(Arena& arena, const char* html, std::size_t size) {
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = &Arena::allocate;
  options.deallocator = &Arena::release;
  options.userdata = &arena;
  options.max_errors = 0;
  if (setjmp(arena.wayOut()) != 0) return nullptr;  // NOLINT(*-err52-cpp)
  return ::gumbo_parse_with_options(&options, html, size);
}

class Reader {
 public:
  explicit Reader(std::string_view html) : html_(html) {}

  // Comments before the first tag are the document's own.
  [[nodiscard]] HtmlDocument read(const GumboNode* document) {
    stack_.push_back({&document->v.document.children,
                      0,
                      HtmlElement::kNone,
                      HtmlElement::kNone});
    while (!stack_.empty()) {
      auto& top = stack_.back();
      if (top.next >= top.children->length) {
        stack_.pop_back();
        continue;
      }
      const auto* child =
          static_cast<const GumboNode*>(top.children->data[top.next]);
      top.next += 1;
      visit(child, top.element, top.collector);
    }
    return std::move(out_);
  }

 private:
  struct Frame {
    const GumboVector* children;
    unsigned next;
    std::size_t element;
    std::size_t collector;  // Whose text the text is; kNone: nobody's.
  };

  void visit(const GumboNode* node, std::size_t parent, std::size_t collector) {
    switch (node->type) {
      case GUMBO_NODE_ELEMENT:
      case GUMBO_NODE_TEMPLATE:
        push(node, parent, collector);
        break;
      case GUMBO_NODE_TEXT:
      case GUMBO_NODE_CDATA:
      case GUMBO_NODE_WHITESPACE:
        if (collector != HtmlElement::kNone)
          out_.elements[collector].text += node->v.text.text;
        break;
      case GUMBO_NODE_COMMENT:
        out_.comments.push_back(
            {rangeOf(node->v.text.original_text), node->v.text.text});
        break;
      case GUMBO_NODE_DOCUMENT:
        break;
    }
  }

  void push(const GumboNode* node, std::size_t parent, std::size_t collector) {
    const GumboElement& element = node->v.element;
    HtmlElement& out = out_.elements.emplace_back();
    out.parent = parent;
    out.start = rangeOf(element.original_tag);
    out.close = rangeOf(element.original_end_tag);
    out.end =
        std::max(std::max(out.start.end, out.close.end),
                 std::min<std::size_t>(element.end_pos.offset, html_.size()));
    out.name = nameOf(element);
    for (unsigned i = 0; i < element.attributes.length; ++i)
      addAttribute(
          *static_cast<const GumboAttribute*>(element.attributes.data[i]), out);
    const std::size_t index = out_.elements.size() - 1;
    stack_.push_back(
        {&element.children, 0, index, collectorIn(index, collector)});
  }

  // Everything a link encloses is what it shows, but for what nobody sees.
  [[nodiscard]] std::size_t collectorIn(std::size_t index,
                                        std::size_t around) const {
    const auto& element = out_.elements[index];
    if (element.name == "a" || element.name == "style" ||
        element.name == "button")
      return index;
    if (around == HtmlElement::kNone) return around;
    const auto* style = element.attribute("style");
    const bool hidden = element.attribute("hidden") != nullptr ||
                        (style != nullptr && hides(styleKey(*style)));
    return hidden ? HtmlElement::kNone : around;
  }

  static std::string nameOf(const GumboElement& element) {
    if (element.tag != GUMBO_TAG_UNKNOWN)
      return lower(::gumbo_normalized_tagname(element.tag));
    GumboStringPiece name = element.original_tag;
    if (name.data == nullptr || name.length == 0) return {};
    ::gumbo_tag_from_original_text(&name);
    return lower(std::string_view(name.data, name.length));
  }

  void addAttribute(const GumboAttribute& attribute, HtmlElement& out) {
    const auto name = rangeOf(attribute.original_name);
    const auto value = rangeOf(attribute.original_value);
    out.attributes.push_back({lower(attribute.name),
                              attribute.value,
                              {name.begin, std::max(name.end, value.end)}});
  }

  [[nodiscard]] mail::Range rangeOf(const GumboStringPiece& piece) const {
    if (piece.data == nullptr || piece.length == 0 ||
        piece.data < html_.data() ||
        piece.data + piece.length > html_.data() + html_.size())
      return {};
    const auto begin = static_cast<std::size_t>(piece.data - html_.data());
    return {begin, begin + piece.length};
  }

  std::string_view html_;
  HtmlDocument out_;
  std::vector<Frame> stack_;
};

}  // namespace

const std::string* HtmlElement::attribute(std::string_view wanted) const {
  for (const auto& attribute : attributes)
    if (attribute.name == wanted) return &attribute.value;
  return nullptr;
}

Result<HtmlDocument> readHtml(std::string_view html, const HtmlLimits& limits) {
  if (html.size() > limits.size)
    return Error{ErrorCode::Invalid,
                 "HTML of more than " + formatSize(limits.size)};
  Arena arena(limits);
  const GumboOutput* parsed = parse(arena, html.data(), html.size());
  if (parsed == nullptr)
    return Error{ErrorCode::Invalid, "HTML that is too tangled to be read"};
  return Reader(html).read(parsed->document);
}

}  // namespace mailreeve::content
