// What a login costs: looking up a user in the login policy snapshot, checking
// the file before it, and, once per change, writing and loading it.
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/base/file.h"
#include "core/directory/login_snapshot.h"
#include "dovecot-plugin/policy/login_policy_file.h"

namespace mailreeve::directory {

namespace {

std::vector<std::string> lan() {
  return {
      "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10"};
}

std::string userName(std::int64_t number) {
  return "user" + std::to_string(number) + "@department.example.com";
}

LoginPolicies users(std::int64_t count) {
  LoginPolicies out;
  for (std::int64_t i = 0; i < count; ++i) {
    out.emplace_back(userName(i), LoginPolicy{.imap = LoginAccess::Lan});
  }
  return out;
}

std::string snapshotOf(std::int64_t count) {
  return *encodeLoginSnapshot({}, lan(), users(count));
}

void lookUp(benchmark::State& state) {
  const auto bytes = snapshotOf(state.range(0));
  login_policy_snapshot snapshot;
  const char* error = nullptr;
  if (login_policy_open(bytes.data(), bytes.size(), &snapshot, &error) < 0) {
    state.SkipWithError(error);
    return;
  }
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < 4096; ++i) {
    names.push_back(userName(i * 7919 % state.range(0)));
  }
  std::size_t at = 0;
  for ([[maybe_unused]] auto _ : state) {
    login_policy policy;
    login_policy_find(&snapshot, names[at++ % names.size()].c_str(), &policy);
    benchmark::DoNotOptimize(policy);
  }
}

void lookAtLan(benchmark::State& state) {
  const auto bytes = snapshotOf(1);
  login_policy_snapshot snapshot;
  const char* error = nullptr;
  if (login_policy_open(bytes.data(), bytes.size(), &snapshot, &error) < 0) {
    state.SkipWithError(error);
    return;
  }
  const unsigned char octets[4] = {203, 0, 113, 9};
  const auto address = login_address_ipv4(octets);
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(login_policy_in_lan(&snapshot, &address));
  }
}

void encodeAll(benchmark::State& state) {
  const auto all = users(state.range(0));
  const auto networks = lan();
  for ([[maybe_unused]] auto _ : state) {
    auto bytes = encodeLoginSnapshot({}, networks, all);
    benchmark::DoNotOptimize(bytes);
  }
}

void openAll(benchmark::State& state) {
  const auto bytes = snapshotOf(state.range(0));
  for ([[maybe_unused]] auto _ : state) {
    login_policy_snapshot snapshot;
    const char* error = nullptr;
    benchmark::DoNotOptimize(
        login_policy_open(bytes.data(), bytes.size(), &snapshot, &error));
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(bytes.size()));
}

// The look at an unchanged file that precedes every look-up.
void checkFile(benchmark::State& state) {
  auto pattern =
      (std::filesystem::temp_directory_path() / "bench-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    state.SkipWithError("mkdtemp");
    return;
  }
  const std::string path = pattern + "/login-policy";
  if (!replaceFile(path, snapshotOf(10)).ok()) state.SkipWithError("write");
  login_policy_file file;
  login_policy_file_init(&file, path.c_str());
  const login_policy_snapshot* snapshot = nullptr;
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(login_policy_file_refresh(&file, &snapshot));
  }
  login_policy_file_deinit(&file);
  std::filesystem::remove_all(pattern);
}

BENCHMARK(lookUp)->Arg(10)->Arg(200000);
BENCHMARK(lookAtLan);
BENCHMARK(checkFile);
BENCHMARK(encodeAll)->Arg(200000)->Unit(benchmark::kMillisecond);
BENCHMARK(openAll)->Arg(200000)->Unit(benchmark::kMillisecond);

}  // namespace

}  // namespace mailreeve::directory
