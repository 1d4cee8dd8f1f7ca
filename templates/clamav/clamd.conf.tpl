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
MaxScanTime {{TIME_LIMIT_MILLISECONDS}}
StreamMaxLength {{MAX_SIZE}}
MaxFileSize {{MAX_SIZE}}
MaxScanSize {{MAX_TOTAL}}
PCREMaxFileSize {{MAX_SIZE}}

ScanMail yes
ScanArchive yes
AlertEncrypted {{BLOCK_ENCRYPTED}}
AlertOLE2Macros {{BLOCK_MACROS}}
AlertExceedsMax {{BLOCK_OVER_LIMITS}}
DetectPUA {{DETECT_UNWANTED}}
PhishingSignatures {{PHISHING}}
PhishingScanURLs {{PHISHING}}
