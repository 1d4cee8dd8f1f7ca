#include "core/content/html_threats.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/text.h"

namespace mailreeve::content {

namespace {

// As if everything below com, test, example and xn--p1ai could be registered.
std::string registrable(std::string_view host) {
  const auto labels = split(host, '.');
  if (labels.size() < 2) return {};
  const auto top = labels.back();
  if (top != "com" && top != "test" && top != "example" && top != "xn--p1ai")
    return {};
  return std::string(labels[labels.size() - 2]) + "." + std::string(top);
}

const LinkRules kLinks{registrable, {"safe.example"}};

std::string disarmed(const std::string& html) {
  Disarm how;
  how.cut.fill(true);
  auto out = disarm(html, how);
  return out ? out->html : "error: " + out.error().what;
}

std::string why(const std::string& text, const std::string& href) {
  return judgeLink(text, href, kLinks).why;
}

}  // namespace

TEST_CASE("what harms is cut out, and nothing else") {
  struct Row {
    std::string label;
    std::string html;
    std::string want;
  };

  const std::vector<Row> rows = {
      {"nothing to do", "<p class=a>x &amp; y<br>", "<p class=a>x &amp; y<br>"},
      {"a script with what is in it", "a<script>if (a<b) x()</script>b", "ab"},
      {"one that never ends", "a<script>x()", "a"},
      {"in capitals, over lines", "a<SCRIPT\nsrc='x'\n>y</SCRIPT\n>b", "ab"},
      {"not even one, for a parser",
       "<scr<script></script>ipt>x</script>",
       "<scr<script></script>ipt>x</script>"},
      {"a handler", "<p onclick=\"x()\" id=a>b", "<p  id=a>b"},
      {"a handler without quotes",
       "<img src=a.png onerror=x()>",
       "<img src=a.png >"},
      {"behind a slash", "<img/onerror=x()/src=a.png>", "<img/>"},
      {"javascript:", "<a href='javascript:x()'>b</a>", "<a >b</a>"},
      {"with references and blanks in it",
       "<a href='&#106;ava&#x0A;scr\tipt&colon;x()'>b</a>",
       "<a >b</a>"},
      {"vbscript:", "<a href=VBScript:x>b</a>", "<a >b</a>"},
      {"data: in a link", "<a href='data:text/html,x'>b</a>", "<a >b</a>"},
      {"data: in a picture stays",
       "<img src='data:image/png;base64,AAAA'>",
       "<img src='data:image/png;base64,AAAA'>"},
      {"but not as SVG", "<img src='data:image/svg+xml,x'>", "<img >"},
      {"a frame and what is in it", "a<iframe src=x>old</iframe>b", "ab"},
      {"a form, but not its words",
       "<form action=x>Name: <input name=n></form>",
       "Name: <input name=n>"},
      {"a form in a form, which parsers drop",
       "<form><form action=x>a</form>",
       "a"},
      {"an object, but not what stands for it",
       "<object data=x><p>old</p></object>",
       "<p>old</p>"},
      {"embed", "a<embed src=x>b", "ab"},
      {"a base", "<base href=x><p>b", "<p>b"},
      {"a refresh", "<meta http-equiv=' Refresh ' content=1>b", "b"},
      {"another meta stays",
       "<meta name=a content=b>c",
       "<meta name=a content=b>c"},
      {"a linked style sheet", "<link rel=stylesheet href=x>b", "b"},
      {"an imported one", "<style>@/**/import 'x'</style>b", "b"},
      {"a style sheet stays",
       "<style>p{color:red}</style>b",
       "<style>p{color:red}</style>b"},
      {"a style that runs", "<p style='width:expr/**/ession(x)'>b", "<p >b"},
      {"one with escapes in it",
       "<p style='width:\\65 xpression(x)'>b",
       "<p >b"},
      {"one with an escape of six digits, and of no digit",
       "<p style='b\\000065havio\\r:url(x)'>b",
       "<p >b"},
      {"one that runs by its address",
       "<p style='background:\\75rl(\\6a avascript\\3a x())'>b",
       "<p >b"},
      {"an imported style sheet, with an escape",
       "<style>@\\69mport 'x'</style>b",
       "b"},
      {"escapes that are harmless",
       "<p style='content:\"\\2014\\A\"'>b",
       "<p style='content:\"\\2014\\A\"'>b"},
      {"a web bug with escapes",
       "a<img style='d\\69splay:none' src=//t.example/x>b",
       "ab"},
      {"a drawing", "a<svg><g onload=x /><a xlink:href=x>y</a></svg>b", "ab"},
      {"a formula", "a<math><mi>x</mi></math>b", "ab"},
      {"a web bug", "a<img src=http://t.example/x width=1 height=1>b", "ab"},
      {"a hidden one", "a<img style='display: none' src=//t.example/x>b", "ab"},
      {"one with the attribute for that",
       "a<img hidden src=//t.example/x>b",
       "ab"},
      {"one in a set of sources",
       "a<img srcset='a.png 1x, https://t.example/x,1 2x' width=1 height=1>b",
       "ab"},
      {"one with nothing else",
       "a<img srcset=//t.example/x style='width:1px;height:1px'>b",
       "ab"},
      {"one that another element names",
       "<picture><source srcset='http://t.example/x 2x'>"
       "<img src=cid:a width=1 height=1></picture>",
       "<picture><img src=cid:a width=1 height=1></picture>"},
      {"and that element's size",
       "<picture><source srcset=http://t.example/x width=1 height=1>"
       "<img src=http://t.example/y></picture>",
       "<picture></picture>"},
      {"a hidden one with all its sources",
       "<picture style=display:none><source srcset=http://t.example/x>"
       "<img src=http://t.example/y></picture>",
       "<picture style=display:none></picture>"},
      {"a source of sound",
       "<audio><source src=http://t.example/x width=1 height=1></audio>",
       "<audio><source src=http://t.example/x width=1 height=1></audio>"},
      {"a small picture of our own",
       "<img srcset='cid:a 1x, b.png 2x' width=1 height=1>",
       "<img srcset='cid:a 1x, b.png 2x' width=1 height=1>"},
      {"a large one with sources stays",
       "<picture><source srcset=http://t.example/x><img src=http://t.example/y>"
       "</picture>",
       "<picture><source srcset=http://t.example/x><img src=http://t.example/y>"
       "</picture>"},
      {"a picture stays",
       "<img src=http://t.example/x width=100 height=1>",
       "<img src=http://t.example/x width=100 height=1>"},
      {"a comment stays",
       "<!-- <script>x</script> -->b",
       "<!-- <script>x</script> -->b"},
      {"one that Word reads",
       "<!--[if mso]><iframe src=x></iframe><![endif]-->b",
       "b"},
      {"one that Word reads, harmless",
       "<!--[if mso]><p>x</p><![endif]-->b",
       "<!--[if mso]><p>x</p><![endif]-->b"},
      {"a second body's handler",
       "<body><p>a<body onload=x()>b",
       "<body><p>ab"},
      {"a tag that never ends", "a<iframe src=x", "a<iframe src=x"},
      {"bytes of another charset stay",
       "\xe9<script>x</script>\xe8",
       "\xe9\xe8"},
      {"characters of UTF-8 stay", "é<script>x</script>è", "éè"},
      {"nothing", "", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(disarmed(row.html) == row.want);
  }
}

TEST_CASE("only what the policy names is cut out") {
  Disarm how;
  how.cut[static_cast<std::size_t>(HtmlKind::Form)] = true;
  const auto out = disarm("<form>a</form><iframe src=x></iframe>", how);
  REQUIRE(out);
  CHECK(out->html == "a<iframe src=x></iframe>");
}

TEST_CASE("a link is judged by what it shows and where it leads") {
  struct Row {
    std::string label;
    std::string text;
    std::string href;
    std::string why;
  };

  const std::string other = "shows another site than it leads to";
  const std::vector<Row> rows = {
      {"the same", "https://bank.example/", "https://bank.example/x", ""},
      {"a host of the same site",
       "www.bank.example",
       "https://login.bank.example",
       ""},
      {"another site", "www.bank.example", "http://evil.test/", other},
      {"shown without www", "bank.example", "http://evil.test/", other},
      {"on a line of its own",
       "Go to\n\thttps://bank.example/",
       "http://evil.test/",
       other},
      {"behind a no-break space",
       "Go to\xc2\xa0https://bank.example/",
       "http://evil.test/",
       other},
      {"with characters of no width between its letters",
       "ht\xe2\x80\x8btps://ba\xc2\xadnk.example/",
       "http://evil.test/",
       other},
      {"in quotes", "\"https://bank.example\"", "http://evil.test/", other},
      {"within a sentence",
       "go to https://bank.example now",
       "http://evil.test/",
       other},
      {"the site as a path",
       "bank.example",
       "http://evil.test/bank.example",
       other},
      {"the site as a subdomain",
       "bank.example",
       "http://bank.example.evil.test",
       other},
      {"just words", "Click here", "http://evil.test/", ""},
      {"words with a dot", "Read more. Now", "http://evil.test/", ""},
      {"a file name", "report.pdf", "http://evil.test/", ""},
      {"an address", "alice@bank.example", "http://evil.test/", ""},
      {"a safe service", "bank.example", "http://click.safe.example/x", ""},
      {"a user name as host",
       "Click",
       "http://bank.example@evil.test/",
       "hides its host behind a user name"},
      {"a bare address",
       "Click",
       "http://192.0.2.7/",
       "leads to a bare address"},
      {"as one number",
       "Click",
       "http://3221225991/",
       "leads to a bare address"},
      {"in hexadecimal",
       "Click",
       "http://0xc0000207/",
       "leads to a bare address"},
      {"of IPv6", "Click", "http://[2001:db8::1]/", "leads to a bare address"},
      {"which it shows", "http://192.0.2.7/", "http://192.0.2.7/x", ""},
      {"backslashes", "bank.example", "http:\\\\evil.test\\", other},
      {"percent signs", "bank.example", "http://%65vil.test/", other},
      {"a port", "bank.example:8080", "http://bank.example:9090/", ""},
      {"letters that look alike",
       "Click",
       "http://b\xd0\xb0nk.example/",
       "leads to a name that mixes scripts"},
      {"the same as A-labels",
       "Click",
       "http://xn--bnk-5cd.example/",
       "leads to a name that mixes scripts"},
      {"one script alone",
       "Click",
       "http://\xd0\xb1\xd0\xb0\xd0\xbd\xd0\xba.\xd1\x80\xd1\x84/",
       ""},
      {"a mail address that is another",
       "help@bank.example",
       "mailto:x@evil.test?subject=y",
       "shows another address than it writes to"},
      {"the same mail address",
       "help@bank.example",
       "mailto:help@bank.example",
       ""},
      {"a place in the text", "bank.example", "#top", ""},
      {"a link without a host", "bank.example", "/x", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(why(row.text, row.href) == row.why);
  }
}

TEST_CASE("a link shows all that is visible in it") {
  const auto links = [](const std::string& shown) {
    const auto found =
        findThreats("<a href='http://evil.test/'>" + shown + "</a>", &kLinks);
    REQUIRE(found);
    return found->links.size();
  };
  std::string deep = "https://bank.example/";
  for (int i = 0; i < 100; ++i) deep = "<span>" + deep + "</span>";
  CHECK(links(deep) == 1);
  CHECK(links("ht<i style='display:none'>x</i>tps://bank.example/") == 1);
  CHECK(links("ht<i hidden>x</i>tps://bank.example/") == 1);
  CHECK(links("Read <i>on</i>") == 0);
}

TEST_CASE("suspicious links get a warning, once") {
  Disarm how;
  how.mark = &kLinks;
  const std::string html =
      "<p>See <a href='http://evil.test/'><b>https://bank&#46;example</b></a>";
  const auto once = disarm(html, how);
  REQUIRE(once);
  CHECK(once->marked == 1);
  CHECK(once->html ==
        "<p>See <b>[Warning: this link shows another site than it leads to, "
        "shown: bank.example, leads to: evil.test]</b> <a "
        "href='http://evil.test/'><b>https://bank&#46;example</b></a>");
  const auto twice = disarm(once->html, how);
  REQUIRE(twice);
  CHECK(twice->html == once->html);
}

TEST_CASE("HTML beyond the limits is refused, not half read") {
  CHECK_FALSE(findThreats(std::string(100, 'x'), nullptr, {.size = 99}));
  const HtmlLimits soon{.time = std::chrono::milliseconds(300)};
  // Each paragraph closes all of them, and its text opens them anew.
  std::string tangled = "<p>";
  for (int i = 0; i < 2000; ++i) tangled += "<b a=" + std::to_string(i) + ">";
  for (int i = 0; i < 20000; ++i) tangled += "<p>x";
  CHECK_FALSE(findThreats(tangled, nullptr, soon));
  std::string deep;
  for (int i = 0; i < 150000; ++i) deep += "<div>";
  CHECK_FALSE(findThreats(deep, nullptr, soon));
  CHECK(findThreats(deep.substr(0, 10000)));
}

TEST_CASE("conditional comments in one another are cut, not followed") {
  std::string html;
  for (int i = 0; i < 100000; ++i) html += "<!--[if ";
  const auto found = findThreats(html);
  REQUIRE(found);
  CHECK(found->threats.size() == 1);
}

TEST_CASE("hidden text is not text") {
  CHECK(withoutHidden("a<span style='display:none'>b<i>c</i></span>d") == "ad");
  CHECK(withoutHidden("a<p hidden>b</p>c") == "ac");
  CHECK(withoutHidden("a<p style='d\\69 splay:none'>b</p>c") == "ac");
  CHECK(withoutHidden("a<p style='display:n\\6F\r\nne'>b</p>c") == "ac");
  CHECK(withoutHidden("a<p style='a:\\/*;display:none;b:*/'>b</p>c") == "ac");
  CHECK(withoutHidden("a<p style='\\'>b</p>c") == "a<p style='\\'>b</p>c");
  CHECK(withoutHidden("a<font style='font-size: 0px'>b</font>\xe9") == "a\xe9");
}

}  // namespace mailreeve::content
