#include "milter/inspection.h"

#include <exception>
#include <string>

namespace mailreeve::milter {

namespace {

// Takes the place of an inquiry that broke: its check fails, nothing else does.
class Broken final : public Inquiry {
 public:
  explicit Broken(std::string why) : why_(std::move(why)) {}

  [[nodiscard]] Result<Verdict> answer(const Transaction&,
                                       const mail::Message&,
                                       Findings&) override {
    return Error{ErrorCode::Internal, why_};
  }

 private:
  std::string why_;
};

template <class Tell>
void tell(std::unique_ptr<Inquiry>& inquiry, const Tell& what) {
  if (!inquiry) return;
  try {
    what(*inquiry);
  } catch (const std::exception& e) {
    inquiry = std::make_unique<Broken>(e.what());
  } catch (...) {
    inquiry = std::make_unique<Broken>("an exception of unknown type");
  }
}

}  // namespace

void Inspection::bytes(std::string_view arrived) {
  for (auto& inquiry : inquiries)
    tell(inquiry, [&](Inquiry& of) { of.bytes(arrived); });
}

void Inspection::complete(const mail::Message& message) {
  for (auto& inquiry : inquiries)
    tell(inquiry, [&](Inquiry& of) { of.complete(message); });
}

}  // namespace mailreeve::milter
