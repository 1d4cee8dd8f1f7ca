// Describes the settings about what mail carries; see describe.h.
#pragma once

#include "core/config/describe.h"
#include "core/config/validate.h"

namespace mailreeve::config {

void describeAttachments(Fields& fields, Attachments& attachments);
void describeContent(Fields& fields, Structure& structure, ContentScan& scan);
void describeContentRules(Fields& fields, ContentRules& rules);

// What must hold between them.
void validateContent(const Settings& settings, const Report& report);

}  // namespace mailreeve::config
