#include "passwords.h"

/* What is tried first against a Chinese office: digits by heart, keyboard walks, pinyin of love and luck, names of
 * departments and products. Lower case; compared with a whole password after the disguises below are taken off. */
static const char common[] =
    /* rows of digits with a letter or two */
    "123456789 1234567890 12345678910 0123456789 9876543210 987654321 123456789a a123456789 aa123456789 abc123456 "
    "abc123456789 abc1234567 q123456789 w123456789 z123456789 s123456789 qq123456789 qq1234567890 a1234567890 "
    "as123456789 asd123456789 zxc123456789 qwe123456789 wo123456789 123456789q 123456789abc 123456789qq 1234567890a "
    "1234567890q 123456abc 123456abcd 123456abcdef a1b2c3d4e5 1a2b3c4d5e a1a2a3a4a5 1q2w3e4r5t 1q2w3e4r5t6y "
    "q1w2e3r4t5 q1w2e3r4t5y6 1qaz2wsx3edc 1qazxsw23edc qaz123wsx456 zaq12wsx zaq1xsw2cde3 123qweasdzxc 123qweasd "
    "qweasd123 qwe123asd456 1234qwerasdf 1234qwer 12345qwert 123456qwerty 147258369 147258369a a147258369 159357258 "
    "789456123 741852963 963852741 1122334455 11223344556677 5201314520 520131400 13145201314 1314520520 5201314a "
    "a5201314 5201314abc aini5201314 7758521521 77585210 00000000000 1111111111 6666666666 8888888888 6688668866 "
    "168168168 518518518 123123123 123321123 1231231230 112233445566 31415926 314159265 3141592653 123654789 "
    /* keyboard walks */
    "qwer qwert qwerty qwertyui qwertyuiop qwertyuiopasdf asdf asdfg asdfgh asdfghjkl zxcv zxcvb zxcvbn zxcvbnm "
    "qweasd qweasdzxc qazwsx qazwsxedc qazwsxedcrfv wsxedc asdfasdf qwerasdf asdzxc poiuytrewq mnbvcxz lkjhgfdsa "
    "abcd abcde abcdef abcdefg abcdefgh abcdefghij aaaa aaaaaa aabbcc abcabc qqqqqq aaaaaaaa "
    /* pinyin */
    "woaini woaini1314 woaini520 woaini521 woaini1314520 woaini5201314 woainima woaiwojia woaini123 woaiziji "
    "woaimama woaibaba wozaizheli woshishui woshinibaba woshini wodemima womenaini aini aini1314 ainiyiwannian "
    "aiwojia wangjile wangjimima mima mimamima nihao nihaoma nihao123 xiaoming xiaoxiao laopo laogong baobao baobei "
    "tiantian mingtian zhangwei wangwei liwei zhangsan lisi wangwu zhongguo zhonghua beijing shanghai shenzhen "
    "guangzhou jiangxi huichang zhejiang huainan anhui jiaxing wenzhou ganzhou jinan tianjin facai gongxifacai "
    "yishengyishi yishunfengshun wanshiruyi jixiangruyi shengrikuaile xinniankuaile dashen meimei gege jiejie didi "
    "haohaoxuexi tiantianxiangshang "
    /* offices and products */
    "admin admins administrator adminadmin root rootroot toor guest user test testtest tester demo system sysadmin "
    "secadmin auditadmin manager super superadmin superuser master password passwd passw0rd pass passpass "
    "mypassword newpassword changeme default initial welcome letmein iloveyou iloveu loveyou sunshine princess "
    "dragon monkey football superman hello helloworld secret login oracle mysql postgres server database huawei "
    "lenovo windows office wechat weixin taobao alibaba tencent baidu gongan paichusuo chengguan zhifa zhifaju "
    "jiedao shequ wangge wanggeyuan zhengfu xinfang minzheng zhengwu shaodao chuishao baodao wuye juweihui shujuju "
    "bangongshi";

static bool
is_common(struct str s)
{
    struct str words = str_of(common), word;
    while (str_cut(&words, ' ', &word))
        if (str_eq(s, word))
            return true;
    return false;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool
is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

/* Disguises: what remains of a character, 0 for nothing. */

static char
bare(char c)
{
    return is_letter(c) || is_digit(c) ? lower(c) : 0;
}

/* 1qaz@WSX: shift was held over a digit. */
static char
unshifted(char c)
{
    static const char shifted[] = ")!@#$%^&*(";
    const char *at = c ? strchr(shifted, c) : NULL;
    return at ? (char)('0' + (at - shifted)) : bare(c);
}

/* P@ssw0rd: a sign that looks like the letter. */
static char
unmasked(char c)
{
    static const char signs[] = "@40$5317!", letters[] = "aaosseltl";
    const char *at = c ? strchr(signs, c) : NULL;
    return at ? letters[at - signs] : bare(c);
}

static bool
is_common_through(struct str s, char (*undisguise)(char))
{
    char plain[PW_BYTES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < sizeof plain; i++)
        if ((plain[n] = undisguise(s.p[i])))
            n++;
    bool found = is_common(str_bytes(plain, n));
    explicit_bzero(plain, sizeof plain);
    return found;
}

/* "2026Admin@123" is admin with a year before and the usual tail behind. */
static struct str
without_ends(struct str s)
{
    while (s.n && !is_letter(s.p[0]))
        s.p++, s.n--;
    while (s.n && !is_letter(s.p[s.n - 1]))
        s.n--;
    return s;
}

static bool
is_guessable(struct str password)
{
    struct str word = without_ends(password);
    return is_common_through(str_slice(password, 1, password.n), bare) || /* one sign more before or behind */
           is_common_through(str_slice(password, 0, password.n - 1), bare) || is_common_through(password, bare) ||
           is_common_through(password, unshifted) || is_common_through(password, unmasked) ||
           is_common_through(word, bare) || is_common_through(word, unmasked);
}

static int
classes(struct str s)
{
    bool small = false, large = false, digit = false, other = false;
    for (size_t i = 0; i < s.n; i++) {
        if (is_digit(s.p[i]))
            digit = true;
        else if (!is_letter(s.p[i]))
            other = true;
        else if (s.p[i] == lower(s.p[i]))
            small = true;
        else
            large = true;
    }
    return small + large + digit + other;
}

static size_t
distinct(struct str s)
{
    uint32_t seen[PW_BYTES_MAX];
    size_t n = 0;
    for (uint32_t c; n < PW_BYTES_MAX && (c = utf8_next(&s));) {
        size_t i = 0;
        while (i < n && seen[i] != c)
            i++;
        if (i == n)
            seen[n++] = c;
    }
    return n;
}

static bool
contains_folded(struct str s, struct str part, size_t at_least)
{
    if (part.n < at_least || part.n > s.n)
        return false;
    for (size_t at = 0; at + part.n <= s.n; at++) {
        size_t i = 0;
        while (i < part.n && lower(s.p[at + i]) == lower(part.p[i]))
            i++;
        if (i == part.n)
            return true;
    }
    return false;
}

bool
pw_allowed(enum pw_rules rules, struct str password, const struct pw_person *who, struct err *err)
{
    enum { DENGBAO_MIN = 10, ASVS_MIN = 12, CLASSES_MIN = 3, DISTINCT_MIN = 5 };
    size_t least = rules == PW_RULES_DENGBAO ? DENGBAO_MIN : ASVS_MIN;
    if (password.n > PW_BYTES_MAX)
        return err_field(err, "password", "口令太长");
    if (!utf8_valid(password) || utf8_count(password) < least)
        return err_field(err, "password", "口令至少 %d 个字符", (int)least);
    if (rules == PW_RULES_DENGBAO && classes(password) < CLASSES_MIN)
        return err_field(err, "password", "大写字母、小写字母、数字、其他符号，至少要有三类");
    if (contains_folded(password, who->username, 3) || contains_folded(password, who->name, 4) ||
        contains_folded(password, who->phone, 6))
        return err_field(err, "password", "口令里不能有用户名、姓名或电话");
    if (distinct(password) < DISTINCT_MIN || is_guessable(password))
        return err_field(err, "password", "这个口令太常见，请换一个");
    return true;
}
