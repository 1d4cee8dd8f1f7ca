#!/usr/bin/env python3
"""The JSON Schema is checked by a validator that is not ours.

The example must satisfy it, and each bad file whose mistake a schema can
express must not. usage: schema_test.py MGMTCTL EXAMPLE-DIR BAD-DIR
"""
import json
import pathlib
import subprocess
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing.name} for Python is not installed")
    sys.exit(77)

# What only our reader can know: relations between keys, syntax it refuses on
# purpose, and files that are no YAML mapping at all.
BEYOND_A_SCHEMA = """
    attachment_rule_asks_for_nothing attachment_type_unknown
    content_rule_bad_regex content_rule_header_without_name
    dns_recursive_with_forwarders dns_forwarder_with_bad_port
    clamd_managed_over_tcp icap_server_is_a_name icap_service_with_blank
    update_mirror_with_blank update_url_without_scheme
    additional_domain_is_another_domain additional_domain_is_itself_as_idn
    allow_domain_with_star_inside
    alias_loop alias_loop_through_additional_domain alias_name_with_at
    alias_target_is_no_address alias_twice alias_without_target
    dkim_field_changes_on_the_way dkim_oversigned_without_from
    dkim_rsa_bits dkim_selector_prefix dkim_signs_for_everybody
    disclaimer_unknown_variable disclaimer_unusable
    bcc_contains_for_all bcc_without_contains disclaimer_without_content
    domain_not_qualified domain_twice domain_with_bad_label duplicate_key
    duplicate_section empty_file hostname_not_qualified hostname_with_blank
    interface_is_a_name list_entry_with_two_criteria
    list_entry_without_criterion list_pattern_with_blank missing_domains
    missing_server network_prefix_too_long network_with_host_bits
    octal_number number_is_hexadecimal policy_twice policy_without_users
    port_taken_twice secret_file_missing secret_variable_missing
    size_too_small spam_filter_with_two_criteria
    spam_keyword_that_is_no_pattern spam_reject_below_threshold
    spam_report_address_is_an_alias spam_report_address_is_foreign
    spam_channel_with_a_wrong_key spam_rules_that_load_code
    spam_rules_with_a_path spam_server_is_a_name spam_threshold_with_many_digits text_too_long text_with_control_character
    spam_server_is_a_name spam_threshold_with_many_digits text_too_long text_with_control_character
    quarantine_digest_for_nobody quarantine_link_base_is_http
    list_entry_expires_on_no_day list_proof_of_an_address list_proof_of_nobody
    greylist_rule_with_two_criteria greylist_delay_beyond_retry
    dns_list_answer_misspelt dns_list_without_score
    tls_key_without_certificate trusted_everybody trusted_everybody_ipv6
    spf_waits_for_no_dmarc trusted_sealers_without_arc
""".split()


def schema(mgmtctl, *flags):
    text = subprocess.run([mgmtctl, "schema", *flags], check=True, text=True,
                          capture_output=True).stdout
    found = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(found)
    return jsonschema.Draft202012Validator(found)


def main():
    mgmtctl, example, bad = sys.argv[1:]
    whole, domain = schema(mgmtctl), schema(mgmtctl, "--domain")
    failures = []

    def judge(path, validator, valid):
        try:
            value = yaml.safe_load(path.read_text())
        except (yaml.YAMLError, UnicodeDecodeError):
            value = None  # Refused before any schema is asked.
        if value is None:
            return
        problems = [e.message for e in validator.iter_errors(value)]
        if valid == bool(problems):
            failures.append(f"{path.name}: {problems or 'is accepted'}")

    example = pathlib.Path(example)
    for path in example.glob("*.yaml"):
        judge(path, whole, True)
    for path in example.glob("domains/*.yaml"):
        judge(path, domain, True)
    judged = 0
    for path in sorted(pathlib.Path(bad).glob("*.yaml")):
        if path.stem not in BEYOND_A_SCHEMA:
            judge(path, whole, False)
            judged += 1
    print(f"{judged} bad files judged")
    if judged < 20:
        failures.append("too few bad files were judged")
    for line in failures:
        print("FAILED", line)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
