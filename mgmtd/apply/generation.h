// Generations: what was applied, kept so that it can be applied again.
//
//   generations/N/yaml/       the YAML as it was, what the daemons read
//   generations/N/tree/       the files as rendered, under their paths
//   generations/N/meta.json   when, how it ended, what it changed, owners
//   generations/current       -> N; switching it is the moment an apply counts
//   generations/0/            the host before Mailreeve: see baseline.h
//
// A directory N is complete or not there: it is written as N.new and renamed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/base/result.h"
#include "core/config/load.h"
#include "mgmtd/apply/tree.h"

namespace mailreeve::apply {

using Number = std::uint64_t;

struct Generation {
  Number number = 0;
  Number former = 0;                 // In force before this one.
  std::string time;                  // "2026-11-22T03:14:00Z"
  std::string result;                // "installed", "applied", "undone: WHY"
  std::vector<std::string> summary;  // One change of a setting a line.
  RenderedTree tree;
};

class GenerationStore {
 public:
  explicit GenerationStore(const Paths& paths) : paths_(paths) {}

  // 0 when Mailreeve was never applied, or was rolled back to the beginning.
  [[nodiscard]] Number current() const;

  // Ascending, 0 included when it is there.
  [[nodiscard]] std::vector<Number> list() const;

  // The number that the next apply takes.
  [[nodiscard]] Number next() const;

  [[nodiscard]] Result<Generation> read(Number number) const;

  // The settings as applied; for 0 those of an empty YAML.
  [[nodiscard]] Result<config::Settings> settings(Number number) const;

  // Writes and fsyncs a complete generation. `config` is the administrator's
  // directory, below which the names of `sources` lie.
  [[nodiscard]] Result<Done> write(const Generation& generation,
                                   const std::vector<config::Source>& sources,
                                   const std::filesystem::path& config) const;

  // Changes how a generation is said to have ended.
  [[nodiscard]] Result<Done> setResult(Number number,
                                       const std::string& result) const;

  [[nodiscard]] Result<Done> switchTo(Number number) const;

  // Keeps a file that an apply replaces although it was edited by hand, as
  // generations/N/local-edits/PATH.
  [[nodiscard]] Result<Done> keepLocalEdit(Number number,
                                           const std::filesystem::path& path,
                                           const std::string& bytes) const;

  [[nodiscard]] std::filesystem::path directory(Number number) const {
    return paths_.generations() / std::to_string(number);
  }

 private:
  Paths paths_;
};

}  // namespace mailreeve::apply
