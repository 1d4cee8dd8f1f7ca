# {{HEADER}}
# Runs before users' own scripts, and ends them: nothing forwards spam.
require ["fileinto", "mailbox"];
if header :is "X-Spam-Flag" "YES" {
  fileinto :create "Junk";
  stop;
}
