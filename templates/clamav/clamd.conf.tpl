# {{HEADER}}
# antivirus.clamd in {{CONFIG}}/*.yaml decides what stands here.
LocalSocket {{SOCKET}}
LocalSocketGroup clamav
LocalSocketMode 666
FixStaleSocket yes
User clamav
DatabaseDirectory /var/lib/clamav
LogSyslog yes
LogFacility LOG_MAIL
SelfCheck 3600

# milterd asks at most {{SCANS}} messages at once and keeps idle sessions for half
# of this time.
MaxThreads {{THREADS}}
MaxQueue {{QUEUE}}
IdleTimeout 30
CommandReadTimeout 30
ReadTimeout {{TIME_LIMIT}}
MaxScanTime {{SCAN_TIME}}
StreamMaxLength {{MAX_SIZE}}
MaxFileSize {{MAX_SIZE}}
MaxScanSize {{MAX_TOTAL}}
PCREMaxFileSize {{MAX_SIZE}}

# With no, clamd says OK about what it did not come to the end of. What milterd
# makes of the alert is for antivirus.clamd.block_over_limits to say.
AlertExceedsMax {{ALERT_LIMITS}}

ScanMail yes
ScanArchive yes
AlertEncrypted {{BLOCK_ENCRYPTED}}
AlertOLE2Macros {{BLOCK_MACROS}}
DetectPUA {{DETECT_UNWANTED}}
PhishingSignatures {{PHISHING}}
PhishingScanURLs {{PHISHING}}
