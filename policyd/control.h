// What policyd's control socket answers: reload, flush, status,
// metrics. See
// policyd(8).
#pragma once

#include <nlohmann/json.hpp>

#include "core/base/clock.h"
#include "core/store/event_log.h"
#include "policyd/server.h"
#include "policyd/service.h"

namespace mailreeve::policyd {

// All must outlive it. Any thread.
class Control {
 public:
  Control(Service& service,
          const Server& server,
          Memory& memory,
          const store::EventLog& events,
          const Clock& clock)
      : service_(service),
        server_(server),
        memory_(memory),
        events_(events),
        clock_(clock),
        started_(clock.now()) {}

  // {"do": "status"} and so on; an unknown request is an Error.
  [[nodiscard]] Result<nlohmann::json> answer(const nlohmann::json& request);

 private:
  [[nodiscard]] nlohmann::json status() const;
  [[nodiscard]] nlohmann::json metrics() const;
  [[nodiscard]] nlohmann::json byAnswer() const;

  Service& service_;
  const Server& server_;
  Memory& memory_;
  const store::EventLog& events_;
  const Clock& clock_;
  TimePoint started_;
};

}  // namespace mailreeve::policyd
