/* scheme_files.h — tables for tests: a small sound scheme in this file, and the shipped ones from their folders. */
#ifndef TESTS_SCHEME_FILES_H
#define TESTS_SCHEME_FILES_H

#include "check.h"

#include "scheme.h"

enum { SCHEME_TABLES = 20, OPTIONAL_TABLES = 7 };

static const struct {
    const char *name, *csv;
} small_scheme[SCHEME_TABLES] = {
    {"scheme",
     "key,value\nname,small\ntitle,小县方案\ncounty,小县\nregion,360733\nvalid_from,2023-01-01\n"
     "office_am,08:30-12:00\noffice_pm,14:30-17:30\ndocument,FA\nhost,住保中心\nsupervision_phone,0797-5600148\n"
     "county_phone,0797-5600010\n"},
    {"documents", "code,title,number,date,issuer,origin,note\nFA,方案,,2023-01-01,县委,seed,\n"},
    {"orgs",
     "code,name,short,kind,parent,phone,hours,address,duty,sample\nZBZX,小县住房保障中心,住保中心,coordinator,,"
     "0797-5600010,,,,1\nCG,小县城市管理局,城管局,department,ZBZX,,,,,1\nXFJY,小县消防救援大队,消防大队,department,"
     "ZBZX,,,,,1\nSQ,红旗社区居民委员会,红旗社区,community,,,,,,1\nLZ,红旗联络站,红旗联络站,station,SQ,,,,,1\n"
     "WY1,安居物业有限公司,安居物业,property_firm,,,,,,1\n"},
    {"places",
     "code,name,kind,parent,chain,org,station,firm,households,buildings,parking_supply,parking_demand,"
     "charge_supply,charge_demand,lon,lat,origin,sample\nX,小县,county,,urban,ZBZX,,,,,,,,,115.786,25.6,seed,0\n"
     "HQ,红旗社区,community,X,,SQ,LZ,,,,,,,,,,seed,0\nG1,第1网格,grid,HQ,,,,,,,,,,,,,ours,1\n"
     "XFL,幸福里小区,compound,G1,,,LZ,WY1,300,1-6,100,150,10,40,115.7861,25.6001,ours,1\n"
     "XFL3,3栋,building,XFL,,,,,,,,,,,,,ours,1\nDY,大院,compound,G1,,,,,60,,,,,,,,ours,1\n"},
    {"people", "username,name,phone,sample\nhead,池主任,15500000001,1\nchief,王网格,15500000002,1\ndeputy,李网格,,1\n"
               "liaison,刘联络,,1\nofficer,张执法,,1\nsecond,陈执法,,1\nwy,物业赵,,1\nadmin,管理员,,1\n"},
    {"postings", "username,role,org,place,order,cert_no,cert_until,matters,note\nhead,coordinator,ZBZX,X,1,,,派单,\n"
                 "deputy,grid_chief,SQ,G1,2,,,,\nchief,grid_chief,SQ,G1,1,,,,\nliaison,liaison,SQ,HQ,1,,,,\n"
                 "officer,officer,CG,X,1,示例-1,2028-12-31,,\nsecond,officer,CG,X,2,示例-2,2028-12-31,,\n"
                 "wy,property,WY1,,1,,,,\nadmin,admin,ZBZX,,1,,,,\nhead,department_head,ZBZX,X,1,,,,\n"},
    {"categories", "code,name,plain,icon,list,order,origin\nXF,消防通道,堵消防通道,fire,enforcement,1,seed\n"
                   "SV,社区服务,停车、报修,heart,service,2,seed\n"},
    {"items",
     "code,list,category,name,plain,lead,assists,ladder,tier,urgent,danger,limits,order_days,photo_pair,evidence,"
     "closing,questions,firsthand,national,raise_to,public,origin,note\n"
     "XF01,enforcement,XF,占用消防车通道,消防车道上停车,XFJY,CG|@firm,fire,order,1,0,handle5,0,1,照片|车牌,已畅通,"
     "现在还堵着吗？,物业先通知挪车,09012,,1,seed,\n"
     "ZS01,enforcement,XF,商业噪声,店铺太吵,CG,@community,std,order,0,0,handle5,3,0,,,,,,,1,ours,\n"
     "SV01,service,SV,乱停车,车乱停,@firm,@community,,,0,0,svc3,,0,,,,,,XF01,1,seed,\n"},
    {"bases", "item,law,article,gist,from,to,mark\nZS01,噪声污染防治法,61,防止噪声,2022-06-05,2026-08-14,核\n"
              "XF01,消防法,28,不得占用通道,,,核\nZS01,生态环境法典,590,防止噪声,2026-08-15,,核\n"
              "SV01,物业管理条例,7,遵守规约,,,核\n"},
    {"phrases", "item,phrase,weight\nXF01,消防通道停满车,1\nXF01,消防通道,2\nXF01,真着火了怎么办,1\nZS01,烧烤店太吵,1\n"
                "ZS01,喇叭一直喊,2\nSV01,乱停车,2\nSV01,把我的车堵住了,1\n"},
    {"confusables", "words,items,question\n停车|堵,XF01|SV01,有消防标线吗？\n"},
    {"emergencies", "word,phone,advice\n着火,119,请拨打 119。\n有人受伤,120,请拨打 120。\n"},
    {"diverts", "word,where,phone,advice\n医保,12345 热线,12345,请拨打 12345。\n"},
    {"ladders",
     "ladder,order,tier,after,skip_grounds,officers,needs,paper,law,article,note\nstd,1,persuade,,,0,,劝导记录,"
     "行政处罚法,33,\nstd,3,penalise,order,,2,filing|notice,决定书,行政处罚法,54,\n"
     "std,2,order,persuade,danger,2,,责令书,行政处罚法,28,\nfire,1,persuade,,,0,,劝导记录,消防法,18,\n"
     "fire,2,order,,,2,,责令书,消防法,60,\n"},
    {"channels", "source,name,roles,enters_at,needs,note\nresident,居民扫码,resident,call,,\n"
                 "property,物业报告,property|liaison,call,dissuade,\n"},
    {"hops", "chain,order,hop,role,owner,limit,escalate,clause\nurban,2,dispatch,coordinator,ZBZX,hop4,leading_group,\n"
             "urban,1,call,grid_chief,@grid,hop4,coordinator,第三条\nurban,3,respond,department_head,@lead,hop4,"
             "coordinator,\n"},
    {"limits", "code,name,amount,unit,clock,amber,basis,origin,note\nhop4,环节,4,office_hour,hop,1,,ours,\n"
               "handle5,办结,5,working_day,handling,1,,ours,\nsvc3,服务,3,working_day,handling,1,,ours,\n"},
    {"reasons", "kind,code,name,basis,note\nskip,danger,有现实危险,,\npause,testing,正在检测,,\n"},
    {"calendar", "date,kind,name\n2026-02-14,workday,春节\n2026-02-16,holiday,春节\n2025-10-01,holiday,国庆\n"},
    {"wordings", "code,text\nslogan,哨到人到\nreceipt,受理号 {no}，{due} 前答复\n"},
};

struct table_set {
    struct table t[SCHEME_TABLES + OPTIONAL_TABLES];
    struct tables all;
    struct scheme_errors errors;
};

/* The small scheme; in one table the first `from` becomes `to`. */
static inline void
small_tables(struct arena *a, struct table_set *set, const char *table, const char *from, const char *to)
{
    *set = (struct table_set){.all = {set->t, SCHEME_TABLES}};
    for (int i = 0; i < SCHEME_TABLES; i++) {
        struct str csv = str_of(small_scheme[i].csv);
        if (table && strcmp(table, small_scheme[i].name) == 0) {
            const char *at = strstr(csv.p, from);
            if (!at)
                fail_msg("%s has no \"%s\"", table, from);
            csv = str_of(arena_printf(a, "%.*s%s%s", (int)(at - csv.p), csv.p, to, at + strlen(from)));
        }
        table_parse(a, str_of(small_scheme[i].name), csv, &set->t[i], &set->errors);
    }
}

/* A shipped scheme's tables; false when its folder is not there. */
static inline bool
shipped_tables(struct arena *a, struct table_set *set, const char *scheme)
{
    const char *root = getenv("SHAODAO_SOURCE_ROOT");
#ifdef TEST_DIR
    root = root ? root : TEST_DIR "/..";
#endif
    *set = (struct table_set){.all = {set->t, SCHEME_TABLES}};
    for (int i = 0; i < SCHEME_TABLES; i++) {
        const char *path = arena_printf(a, "%s/schemes/%s/%s.csv", root ? root : ".", scheme, small_scheme[i].name);
        FILE *f = fopen(path, "rb");
        if (!f) {
            print_message("skipped: cannot read %s (set SHAODAO_SOURCE_ROOT)\n", path);
            return false;
        }
        struct buf b = {0};
        for (size_t got = 1; got;) {
            buf_need(&b, 65536);
            got = fread(b.p + b.n, 1, 65536, f);
            b.n += got;
        }
        fclose(f);
        table_parse(a, str_of(small_scheme[i].name), buf_view(&b), &set->t[i], &set->errors);
        buf_release(&b);
    }
    static const char *const optional[OPTIONAL_TABLES] = {"whistles", "revisits", "scopes", "slots", "routines", "checklists", "surveys"};
    for (int i = 0; i < OPTIONAL_TABLES; i++) {
        FILE *f = fopen(arena_printf(a, "%s/schemes/%s/%s.csv", root ? root : ".", scheme, optional[i]), "rb");
        if (!f)
            continue;
        static char text[65536];
        size_t n = fread(text, 1, sizeof text, f);
        fclose(f);
        table_parse(a, str_of(optional[i]), (struct str){text, n}, &set->t[set->all.n], &set->errors);
        set->all.n++;
    }
    return true;
}

static inline void
expect_no_errors(const struct scheme_errors *errors)
{
    for (size_t i = 0; i < errors->n; i++) {
        const struct scheme_error *e = &errors->p[i];
        print_error("%.*s!%.*s: %.*s %.*s\n", (int)e->table.n, e->table.p, (int)e->cell.n, e->cell.p, (int)e->message.n,
                    e->message.p, (int)e->fix.n, e->fix.p);
    }
    assert_int_equal(errors->n, 0);
}

/* One error at this cell whose message and fix contain these words. */
static inline void
expect_error(const struct scheme_errors *errors, const char *what, const char *table, const char *cell,
             const char *message, const char *fix)
{
    for (size_t i = 0; i < errors->n; i++) {
        const struct scheme_error *e = &errors->p[i];
        if (str_is(e->table, table) && str_is(e->cell, cell) && str_has(e->message, str_of(message)) &&
            str_has(e->fix, str_of(fix)))
            return;
    }
    for (size_t i = 0; i < errors->n; i++)
        print_error("found %.*s!%.*s: %.*s | %.*s\n", (int)errors->p[i].table.n, errors->p[i].table.p,
                    (int)errors->p[i].cell.n, errors->p[i].cell.p, (int)errors->p[i].message.n, errors->p[i].message.p,
                    (int)errors->p[i].fix.n, errors->p[i].fix.p);
    fail_msg("%s: expected %s!%s: %s | %s", what, table, cell, message, fix);
}

#endif
