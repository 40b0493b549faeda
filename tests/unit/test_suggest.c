/* Suggestions: held-out sentences, words that belong to nobody, dangers, questions; tokens and likeness. */
#include "check.h"

#include "scheme_files.h"
#include "suggest.h"

static struct arena *a;
static struct scheme *small, *shipped; /* shipped is NULL when its folder is not there */

static int
set_up(void **state)
{
    (void)state;
    a = arena_new();
    struct table_set set;
    small_tables(a, &set, NULL, NULL, NULL);
    small = scheme_read(a, set.all, &set.errors);
    if (shipped_tables(a, &set, "huichang"))
        shipped = scheme_read(a, set.all, &set.errors);
    expect_no_errors(&set.errors);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

/* Written from the list of items before its table of phrases was there. No weight was set on them, only the threshold
 * below which nothing is shown. */
static const struct {
    const char *item, *words;
} held_out[] = {
    {"WJ01", "顶楼那户在天台上盖了间砖房，一直没人来查"},
    {"WJ01", "对面一楼把院子用彩钢瓦封起来，越搭越高"},
    {"WJ02", "四楼邻居把公共过道用墙封了，变成他自己的储物间"},
    {"WJ02", "架空层被人装了卷帘门锁起来自己用"},
    {"WJ03", "一楼业主这几天偷偷在屋里往地下挖，想弄个地下室"},
    {"WJ03", "他家地面挖下去一米多，隔壁墙都开裂了"},
    {"WJ04", "开发商的临时售楼板房到期两年还没拆"},
    {"WJ04", "工地撤了，活动板房还立在门口"},
    {"FW01", "楼下装修把承重墙砸了，整栋楼都在担心"},
    {"FW01", "十二栋有人敲掉客厅大梁"},
    {"FW02", "沿街那户把窗子砸开改成了店门"},
    {"FW02", "三楼在外墙上加装凸出来的大铁笼防盗窗"},
    {"FW03", "楼上把厨房改成了卫生间，正好在我家灶台上面"},
    {"FW03", "装修工把燃气管道私自移位了"},
    {"FW04", "我们单元有人把房子改成民宿，整天陌生人进出"},
    {"FW04", "隔壁一套三房隔成八个单间出租给打工的"},
    {"FW04", "车库里住了一家人，做饭睡觉都在里面"},
    {"ZS01", "楼下超市的制冷机组二十四小时嗡嗡响"},
    {"ZS01", "门口服装店天天用喇叭放广告，吵得头疼"},
    {"ZS01", "门口烧烤店半夜还在放音乐，吵死了"},
    {"ZS02", "楼上装修大中午还在用冲击钻"},
    {"ZS02", "周日早上七点就开始砸墙装修，吵醒全家"},
    {"ZS03", "旁边工地夜里两点还在打桩"},
    {"ZS03", "建筑工地通宵浇筑水泥，没法睡觉"},
    {"ZS03", "大货车晚上拉渣土，响个不停"},
    {"ZS04", "广场上跳舞的音响开到晚上十点半"},
    {"ZS04", "有人每晚在小区门口拿音箱唱歌"},
    {"ZS05", "楼上的孩子半夜还在屋里蹦跳"},
    {"ZS05", "隔壁家天天打麻将到凌晨两三点，吵得睡不着"},
    {"ZS05", "狗叫了一晚上"},
    {"GK01", "有人从高楼往下扔烟头，差点烧到我家被子"},
    {"GK01", "刚才楼上丢下来一个啤酒瓶，就落在我脚边"},
    {"GK01", "楼上往下倒水，淋了我一身"},
    {"GK02", "外墙的瓷片一块块往下掉，太危险了"},
    {"GK02", "五楼窗台外放了好几盆花，刮风怕掉下来"},
    {"XF01", "消防通道被私家车停满了"},
    {"XF01", "救火车根本开不进来，路口被车堵死"},
    {"XF01", "车堵在消防登高面上"},
    {"XF02", "楼梯间堆了很多旧家具和纸箱"},
    {"XF02", "安全出口的门被人上了锁"},
    {"XF03", "走廊里的灭火器早就过期了"},
    {"XF03", "消火栓打开一点水都没有"},
    {"CD01", "有人从三楼窗户拉了根电线下来给电动车充电"},
    {"CD01", "楼下到处都是私拉的插线板"},
    {"CD02", "邻居每天把电动车推到楼上家里充电"},
    {"CD02", "电瓶车停在一楼门厅里充了一夜的电"},
    {"CD02", "电梯里经常有人推电瓶车进来"},
    {"QC01", "有人遛大狗从来不拴绳子，孩子吓哭了"},
    {"QC01", "我妈在楼下散步被一条狗咬了腿"},
    {"QC01", "他家狗随地大便主人也不捡"},
    {"QC02", "隔壁养了一只比特犬，没有狗证"},
    {"QC02", "楼上偷偷养了三条大型犬，疫苗都没打"},
    {"QC03", "小区里流浪狗越来越多，晚上不敢出门"},
    {"QC03", "地下车库有一窝野猫，没人管"},
    {"QC04", "一楼那家在院子里养了十几只鸡"},
    {"QC04", "每天凌晨四点公鸡就叫"},
    {"QC04", "有人在楼顶养鸽子，粪便到处都是"},
    {"HJ01", "有人把楼前的草坪挖了种菜"},
    {"HJ01", "绿化树被人偷偷砍了两棵"},
    {"HJ02", "装修的渣土就倒在单元门旁边，好几天没清"},
    {"HJ02", "垃圾桶旁边垃圾堆成山，苍蝇乱飞"},
    {"HJ02", "装修的把垃圾丢在绿化带"},
    {"HJ03", "楼下餐馆的油烟直接往我家窗户里灌"},
    {"HJ03", "晚上路边烤串，烟熏得不敢开窗"},
    {"HJ04", "饭店把潲水直接倒进雨水井里"},
    {"HJ04", "洗车店的污水流得满街都是"},
    {"JY01", "地下室里有人做熟食卖，应该没有许可证"},
    {"JY01", "小区里开了个没有执照的托管班"},
    {"JY02", "菜贩把摊子摆到人行道上，走路都走不过去"},
    {"JY02", "水果店的货摆到店外马路上占道"},
    {"JY03", "楼下小饭馆在屋里存了十几个煤气罐"},
    {"JY03", "楼道里放着液化气瓶，很吓人"},
    {"JY04", "我们楼的电梯三天两头坏，有时突然往下掉"},
    {"JY04", "电梯的年检标志去年就到期了"},
    {"SV01", "有车乱停，把我家车库门口堵了"},
    {"SV01", "业主把车随便停在小区转弯的地方"},
    {"SV02", "公共车位被人私自装了地锁"},
    {"SV02", "隔壁用破椅子和桶占着车位不让别人停"},
    {"SV03", "一辆没有牌照的破面包车在车位上停了三年没动"},
    {"SV03", "楼下有辆僵尸车，轮胎都瘪了"},
    {"SV04", "单元门口电动车乱放，婴儿车都推不进去"},
    {"SV04", "共享单车在小区里丢得到处都是"},
    {"SV05", "有个老人捡废品堆在楼下，又脏又乱"},
    {"SV05", "一楼住户把旧柜子柴火堆在公共院子里"},
    {"SV06", "有人在绿化带两棵树之间拉绳晾被子"},
    {"SV06", "健身器材上天天挂着衣服"},
    {"SV07", "楼道墙上贴满了开锁通下水道的广告"},
    {"SV07", "有人在电梯里乱涂乱画"},
    {"SV08", "每天早上有人在小区里面摆摊卖早点"},
    {"SV08", "小区广场上摆地摊的越来越多"},
    {"SV09", "楼上漏水到我家天花板，找他几次都不理"},
    {"SV09", "邻居的空调水一直滴到我家阳台"},
    {"SV10", "小区充电桩太少了，能不能多装几个"},
    {"SV10", "楼下路灯坏了一个月没人修"},
    {"SV10", "下水道堵了，粪水冒出来"},
    {"SV10", "停车位不够，晚上回来没地方停"},
};

static bool
is_among(const struct scheme *s, const char *code, const struct suggestion *g, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(s->items[g[i].item].code, code))
            return true;
    return false;
}

static void
complaints_find_their_item(void **state)
{
    (void)state;
    if (!shipped)
        skip();
    size_t first = 0, third = 0, clear = 0, clear_right = 0, n = COUNT_OF(held_out);
    for (size_t i = 0; i < n; i++) {
        struct suggestion g[5];
        size_t k = suggest_items(shipped, str_of(held_out[i].words), g, 5);
        bool right = is_among(shipped, held_out[i].item, g, k < 1 ? k : 1);
        first += right;
        third += is_among(shipped, held_out[i].item, g, k < 3 ? k : 3);
        if (suggestion_is_clear(g, k)) {
            clear++;
            clear_right += right;
        }
        if (!right)
            print_message("%s not first: %s\n", held_out[i].item, held_out[i].words);
    }
    print_message("%zu sentences: first %zu, among three %zu; clear %zu, of these right %zu\n", n, first, third, clear,
                  clear_right);
    assert_true(first * 100 >= n * 85);
    assert_true(third * 100 >= n * 95);
    assert_true(clear_right * 100 >= clear * 95);
}

static void
other_matters_find_nothing(void **state)
{
    (void)state;
    if (!shipped)
        skip();
    static const char *const words[] = {
        "孩子上学的学区怎么划分",
        "社保断缴了怎么补",
        "公交车能不能延长线路",
        "医院挂号太难了",
        "身份证丢了去哪里补办",
        "公司拖欠工资三个月了",
        "高铁站什么时候建成",
        "公积金贷款审批太慢",
        "房产证办了两年还没下来",
        "学校食堂的饭菜不好吃",
        "退休金这个月怎么没到账",
        "驾校学费交了不退",
        "希望多开几趟到县城的班车",
        "农村低保怎么申请",
        "你好",
        "测试",
        "谢谢你们",
        "",
        "5 栋 2 单元 301",
        "!!!？？？",
        "物业不作为",
        "有人赌博",
        "物业费太高",
    };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        struct suggestion g[3];
        if (suggest_items(shipped, str_of(words[i]), g, 3))
            fail_msg("%s: %.*s %d", words[i], (int)g[0].because.n, g[0].because.p, g[0].score);
    }
}

/* The title decides; a long story that mentions this and that does not drown it. */
static void
long_stories_do_not_drown(void **state)
{
    (void)state;
    if (!shipped)
        skip();
    struct buf b = {0};
    buf_z(&b, "楼上违章搭建，请查处\n尊敬的领导：");
    for (int i = 0; i < 20; i++)
        buf_z(&b, "我们住在这里十多年了，电梯也老旧，停车也不方便，物业从来不管，打电话没有人接，一直没有回音。");
    struct suggestion g[3];
    size_t n = suggest_items(shipped, buf_view(&b), g, 3);
    assert_true(n >= 1);
    check_str(shipped->items[g[0].item].code, "WJ01");
    assert_true(str_has(g[0].because, STR("搭建")));

    buf_clear(&b);
    buf_z(&b, "请问不动产证什么时候能办\n");
    for (int i = 0; i < 20; i++)
        buf_z(&b, "开发商一拖再拖，售楼部说等通知，我们跑了很多次，材料都交齐了，还是没有结果，希望领导重视。");
    assert_int_equal(suggest_items(shipped, buf_view(&b), g, 3), 0);
    buf_release(&b);
}

static void
one_word_shows_all_it_could_be(void **state)
{
    (void)state;
    if (!shipped)
        skip();
    static const struct {
        const char *words, *items[3];
    } rows[] = {
        {"狗", {"QC01", "QC02", "QC03"}},     {"充电", {"CD01", "CD02", "SV10"}}, {"停车", {"SV01", "SV02", "XF01"}},
        {"ＫＴＶ", {"ZS01", "ZS01", "ZS01"}}, {"噪音", {"ZS01", "ZS03", "ZS05"}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct suggestion g[6];
        size_t n = suggest_items(shipped, str_of(rows[i].words), g, 6);
        for (size_t k = 0; k < 3; k++)
            if (!is_among(shipped, rows[i].items[k], g, n))
                fail_msg("%s lacks %s", rows[i].words, rows[i].items[k]);
    }
}

static void
suggestions_are_ranked_and_bounded(void **state)
{
    (void)state;
    struct suggestion g[3];
    assert_int_equal(suggest_items(small, STR("消防通道停满车，把我的车堵住了"), g, 3), 2);
    check_str(small->items[g[0].item].code, "XF01");
    check_str(g[0].because, "消防通道停满车");
    assert_true(g[0].score > g[1].score && g[1].score > 0 && g[0].score < 1000);
    assert_int_equal(suggest_items(small, STR("消防通道停满车，把我的车堵住了"), g, 1), 1);
    assert_int_equal(suggest_items(small, STR("消防通道停满车"), g, 0), 0);
    assert_int_equal(suggest_items(small, STR(""), g, 3), 0);
    assert_int_equal(suggest_items(&(struct scheme){0}, STR("消防通道停满车"), g, 3), 0);

    struct suggestion clear = {.score = 700}, near = {.score = 650}, weak = {.score = 400};
    assert_true(suggestion_is_clear(&clear, 1));
    assert_true(suggestion_is_clear((struct suggestion[]){clear, weak}, 2));
    assert_false(suggestion_is_clear((struct suggestion[]){clear, near}, 2));
    assert_false(suggestion_is_clear(&weak, 1));
    assert_false(suggestion_is_clear(NULL, 0));
}

static void
the_question_decides_between_the_top(void **state)
{
    (void)state;
    struct suggestion both[] = {{.item = 0, .score = 500}, {.item = 2, .score = 480}};
    struct suggestion other[] = {{.item = 1, .score = 500}, {.item = 2, .score = 480}};
    check_str(suggest_question(small, STR("停车堵了"), both, 2), "有消防标线吗？");
    check_str(suggest_question(small, STR("进不来"), both, 2), "有消防标线吗？");
    check_str(suggest_question(small, STR("停车堵了"), both, 1), "");
    check_str(suggest_question(small, STR("停车堵了"), other, 2), "");
    both[0].score = 800;
    check_str(suggest_question(small, STR("停车堵了"), both, 2), ""); /* clear already */
    if (!shipped)
        return;
    struct suggestion g[5];
    size_t n = suggest_items(shipped, STR("装修"), g, 5);
    assert_true(str_has(suggest_question(shipped, STR("装修"), g, n), STR("砸墙")));
}

static void
dangers_come_first(void **state)
{
    (void)state;
    static const struct {
        const char *words, *phone;
    } rows[] = {
        {"三楼着火了", "119"},
        {"消防通道停满车，真着火了怎么办", NULL}, /* a phrase of the list says what is meant */
        {"真着火了怎么办，现在五楼着火了", "119"},
        {"楼下有人受伤", "120"},
        {"还好没有人受伤", NULL},
        {"没着火", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct emergency *e = suggest_emergency(small, str_of(rows[i].words));
        if (!rows[i].phone != !e || (e && !str_is(e->phone, rows[i].phone)))
            fail_msg("%s: %s", rows[i].words, e ? "fired" : "did not fire");
    }
    check_str(suggest_divert(small, STR("医保卡怎么办"))->where, "12345 热线");
    assert_null(suggest_divert(small, STR("消防通道")));
    if (!shipped)
        return;
    check_str(suggest_emergency(shipped, STR("闻到煤气味，怎么办"))->phone, "119");
    check_str(suggest_emergency(shipped, STR("电梯困人了快来"))->phone, "119");
}

static void
join(void *ctx, struct str token)
{
    struct buf *b = ctx;
    if (b->n)
        buf_char(b, '|');
    buf_str(b, token);
}

static void
texts_have_tokens(void **state)
{
    (void)state;
    static const struct {
        const char *text, *tokens;
    } rows[] = {
        {"消防通道", "消防|防通|通道"},
        {"狗", "狗"},
        {"狗，猫叫", "狗|猫叫"},
        {"KTV太吵", "ktv|太吵"},
        {"ＫＴＶ３楼太吵", "ktv3|楼太|太吵"},
        {"3栋2单元", "3|栋|2|单元"},
        {"消防 消防", "消防|消防"},
        {"𠮷野家々", "𠮷野|野家|家々"},
        {"㐀㐁", "㐀㐁"},
        {"、。!", ""},
        {"", ""},
    };
    struct buf b = {0};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        text_tokens(str_of(rows[i].text), join, &b);
        check_buf(&b, rows[i].tokens);
    }
    for (int i = 0; i < 100; i++)
        buf_z(&b, "Ab");
    struct buf out = {0};
    text_tokens(buf_view(&b), join, &out);
    assert_int_equal(out.n, 200 + 3); /* words are cut at 64 */
    buf_release(&out);
    buf_release(&b);
}

static void
likeness_is_the_share_of_common_tokens(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int likeness;
    } rows[] = {
        {"消防通道", "消防通道", 1000},
        {"消防通道", "消防通道被占", 750},
        {"消防通道", "流浪狗", 0},
        {"消防消防", "消防", 666},
        {"", "", 0},
        {"", "消防", 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int found = text_likeness(str_of(rows[i].a), str_of(rows[i].b));
        if (found != rows[i].likeness || text_likeness(str_of(rows[i].b), str_of(rows[i].a)) != found)
            fail_msg("%s / %s: expected %d, found %d", rows[i].a, rows[i].b, rows[i].likeness, found);
    }
}

/* Whatever bytes come, nothing breaks. */
static void
odd_texts_are_harmless(void **state)
{
    (void)state;
    struct buf b = {0};
    uint32_t seed = 1;
    for (int i = 0; i < 300; i++) {
        buf_clear(&b);
        for (int k = 0; k < 400; k++) {
            seed = seed * 1664525 + 1013904223;
            buf_char(&b, (char)(seed >> 24));
        }
        struct suggestion g[3];
        suggest_items(small, buf_view(&b), g, 3);
        suggest_emergency(small, buf_view(&b));
        text_likeness(buf_view(&b), STR("消防"));
    }
    buf_clear(&b);
    for (int i = 0; i < 20000; i++)
        buf_z(&b, "消防通道");
    struct suggestion g[3];
    assert_true(suggest_items(small, buf_view(&b), g, 3) > 0);
    buf_release(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complaints_find_their_item),
        cmocka_unit_test(other_matters_find_nothing),
        cmocka_unit_test(long_stories_do_not_drown),
        cmocka_unit_test(one_word_shows_all_it_could_be),
        cmocka_unit_test(suggestions_are_ranked_and_bounded),
        cmocka_unit_test(the_question_decides_between_the_top),
        cmocka_unit_test(dangers_come_first),
        cmocka_unit_test(texts_have_tokens),
        cmocka_unit_test(likeness_is_the_share_of_common_tokens),
        cmocka_unit_test(odd_texts_are_harmless),
    };
    return cmocka_run_group_tests_name("suggest", tests, set_up, tear_down);
}
