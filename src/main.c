/* The command table and nothing else. */
#include "cmd.h"
#include "image_worker.h"

const char shaodao_version[] = SHAODAO_VERSION;

const struct cmd cmds[] = {
    {"serve", NULL, "DIR [--listen ADDR:PORT] [--base-path /P] [--clock-file F] [--insecure-lan]", "提供网站和接口", "serve the site and the API", cmd_serve},
    {"demo", NULL, "DIR --scheme NAME [--months N] [--seed N] [--until DATE] [--database URL]", "建立有一年生活的示例目录", "make a directory with a year of sample life", cmd_demo},
    {"init", NULL, "DIR --scheme NAME|PATH [--test] [--database URL]", "建立一个空的安装", "make an empty installation", cmd_init},
    {"scheme", "check", "PATH… [--json]", "检查工作方案的每个单元格", "check every cell of a scheme", cmd_scheme_check},
    {"scheme", "show", "NAME|PATH", "看工作方案的概要", "show what a scheme says", cmd_scheme_show},
    {"scheme", "export", "NAME|PATH|DIR[@draft] [--out FILE.xlsx]", "把工作方案写成一个 XLSX 工作簿", "write a scheme as one XLSX workbook", cmd_scheme_export},
    {"scheme", "import", "FILE.xlsx|FILE.zip|FILE.csv --out FOLDER [--marked FILE.xlsx] [--json]", "读回工作簿；有错一次列全，可得到标出错误的副本", "read a workbook back; all errors at once", cmd_scheme_import},
    {"scheme", "standards", "FILE.xlsx|FILE.csv [--scheme NAME|PATH] [--units FILE.csv] [--basis TITLE] [--list service|enforcement] [--out FOLDER] [--merge] [--json]", "把立案、处置和结案标准变成清单事项、时限和依据", "turn a county's case standards into items and limits", cmd_scheme_standards},
    {"scheme", "diff", "A B [--json] | DRAFT --replay DIR [--json]", "两个方案有哪些不同；或用草案重算办过的事项（A、B 是方案名、文件夹、DIR、DIR@版本、DIR@draft）", "what changes from A to B; or past cases under a draft", cmd_scheme_diff},
    {"scheme", "publish", "DIR [NAME|PATH --proposer USERNAME] --by USERNAME [--document CODE] [--from DATE]", "批准并发布提请的草案；写了方案的，先由提请人提请", "publish the proposed draft as a second person", cmd_scheme_publish},
    {"case", "list", "DIR [--state S] [--place P] [--item I] [--lead ORG] [--q WORDS] [--from DATE] [--to DATE] [--limit N] [--json]", "列出事项", "list cases", cmd_case_list},
    {"case", "show", "DIR NO [--json]", "看一件事项的全部记录", "show one case", cmd_case_show},
    {"case", "import", "DIR FILE [--map FILE] [--dry-run] [--json]", "导入热线工单（.csv 或 .jsonl）", "import hotline orders", cmd_case_import},
    {"case", "export", "DIR NO FILE", "导出一件事项，连同可核对的记录", "export one case with its chain", cmd_case_export},
    {"report", NULL, "DIR NAME|all [--from DATE] [--to DATE] [--recount] [--json]", "统计数字，带分子分母和定义", "figures with their definitions", cmd_report},
    {"user", "add", "DIR USERNAME --name NAME --role ROLE [--org O] [--place P] [--phone N] [--cert-no C] [--cert-until DATE]", "添加人员和岗位，给一次性密码", "add a person with a post", cmd_user_add},
    {"user", "passwd", "DIR USERNAME", "设置密码（从标准输入读）", "set a password, read from stdin", cmd_user_passwd},
    {"user", "token", "DIR USERNAME|NAME [--name NAME] [--open311]", "发一个接口令牌", "make an API token", cmd_user_token},
    {"user", "list", "DIR [--json]", "列出人员和岗位", "list people and posts", cmd_user_list},
    {"text", "classify", "WORDS|- [--scheme NAME] [--json]", "试试一句话会被建议归到哪一项", "what would be suggested for these words", cmd_text_classify},
    {"ledger", "replay", "DIR [--json]", "从记录重建并核对", "rebuild from the record and compare", cmd_ledger_replay},
    {"copy", NULL, "DIR NEW [--database URL|embedded]", "把整个安装复制到新目录（可换数据库），并逐行核对", "copy an installation, onto either engine, and compare", cmd_copy},
    {"health", NULL, "DIR|URL", "看是否正常", "is it well?", cmd_health},
    {"version", NULL, "", "版本", "version", cmd_version},
    {"help", NULL, "", "这份说明", "this help", cmd_help},
};
const size_t n_cmds = sizeof cmds / sizeof *cmds;

int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "image-worker") == 0) /* started by serve itself, never by hand */
        return image_worker_main();
    struct args a = {0};
    for (size_t i = 0; argc > 1 && i < n_cmds; i++) {
        if (strcmp(argv[1], cmds[i].noun) != 0)
            continue;
        if (cmds[i].verb && (argc < 3 || strcmp(argv[2], cmds[i].verb) != 0))
            continue;
        int words = cmds[i].verb ? 3 : 2;
        a = (struct args){argc - words, argv + words};
        return cmds[i].run(&a);
    }
    if (argc > 1 && strcmp(argv[1], "--help") != 0 && strcmp(argv[1], "-h") != 0)
        return usage_error(in_tongue("不认识的命令：%s", "unknown command: %s"), argv[1]);
    return cmd_help(&a);
}
