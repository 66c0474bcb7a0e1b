//! The workbooks people fill in: headings, an example that is skipped, a sheet of notes.

use super::What;
use super::sheet::{Column, EXAMPLE, REMARK};
use crate::error::Problem;
use rust_xlsxwriter::{Color, Format, Workbook, XlsxError};

const fn column(title: &'static str, required: bool, example: &'static str, note: &'static str) -> Column {
    Column {
        title,
        required,
        example,
        note,
    }
}

const HOMES: &[Column] = &[
    column(
        "项目编码",
        true,
        "CY",
        "项目的编码，出现在事项编号里；大写字母和数字，最多 12 个",
    ),
    column(
        "项目名称",
        false,
        "示例花园",
        "项目还不存在时，其中一行要填，会按编码新建项目",
    ),
    column("楼栋", true, "3栋", "如 3栋、A座、地下车库；只写数字会补上“栋”"),
    column("单元", false, "1单元", "没有单元可不填；只写数字会补上“单元”"),
    column("房号", true, "502", "房间或车位编号"),
    column("类型", false, "住宅", "住宅、商铺、车位；不填为住宅"),
    column("面积", false, "89.5", "平方米"),
    column("交付日期", false, "2024-05-01", "保修期从这一天算起"),
    column(
        "片区",
        false,
        "东区",
        "楼栋所属片区，没有会新建；一栋楼只能属于一个片区",
    ),
];

const CUSTOMERS: &[Column] = &[
    column("姓名", true, "示例客户", "个人姓名或单位名称"),
    column("电话", false, "13800000000", "姓名和电话都相同的，算同一位客户"),
    column("其他电话", false, "", "多个用顿号隔开"),
    column("类型", false, "个人", "个人、单位；不填为个人"),
    column("证件号", false, "", "身份证号或统一社会信用代码，平时不显示"),
    column("车牌", false, "京A00000", "多个用顿号隔开"),
    column("项目编码", false, "CY", "填了房号就必填；房屋应已导入"),
    column("楼栋", false, "3栋", "与房屋一致"),
    column("单元", false, "1单元", "与房屋一致"),
    column("房号", false, "502", "一人多房：每套房一行，姓名和电话写一样"),
    column("关系", false, "业主", "业主、家属、租户、其他；不填为业主"),
    column("特别关怀", false, "", "来电时要留意的事"),
    column("欠费", false, "否", "是、否；不填为否"),
];

const STAFF: &[Column] = &[
    column("姓名", true, "示例员工", ""),
    column("账号", true, "shili", "登录用；字母、数字和 . - _ @"),
    column("手机", false, "13800000000", ""),
    column("邮箱", false, "", "时限提醒也发到这里"),
    column("岗位", true, "前台客服", "与制度里的岗位一致，多个用顿号隔开"),
    column(
        "项目编码",
        false,
        "CY",
        "在哪些项目任职，多个用顿号隔开；不填为全公司",
    ),
    column("技能", false, "水电、电梯", "多个用顿号隔开，派工时用"),
    column(
        "片区",
        false,
        "",
        "负责的片区，多个用顿号隔开；只写一个项目时可填",
    ),
    column(
        "初始密码",
        true,
        "请换成8位以上",
        "8 个字符以上，登录后请本人修改；一次最多 500 人",
    ),
];

/// Columns of a template, in order.
pub fn columns(what: What) -> &'static [Column] {
    match what {
        What::Homes => HOMES,
        What::Customers => CUSTOMERS,
        What::Staff => STAFF,
    }
}

/// Name of the template's file, without its ending.
pub fn name(what: What) -> &'static str {
    match what {
        What::Homes => "房屋导入模板",
        What::Customers => "客户导入模板",
        What::Staff => "人员导入模板",
    }
}

/// The template as an Excel file.
///
/// # Errors
/// When it cannot be written, which would be our fault.
pub fn template(what: What) -> Result<Vec<u8>, Problem> {
    write(columns(what)).map_err(Problem::internal)
}

fn write(columns: &[Column]) -> Result<Vec<u8>, XlsxError> {
    let head = Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0x00DC_E6F1));
    let grey = Format::new()
        .set_font_color(Color::RGB(0x0080_8080))
        .set_num_format("@");
    // As text, or Excel makes 1.38E+10 of a phone.
    let text = Format::new().set_num_format("@");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("数据")?;
    let remark = Column {
        title: REMARK,
        required: false,
        example: "示例行，导入时会跳过",
        note: "",
    };
    for (number, column) in (0..).zip(columns.iter().chain([&remark])) {
        let star = if column.required { "*" } else { "" };
        sheet
            .set_column_format(number, &text)?
            .set_column_width(number, 16)?;
        sheet.write_string_with_format(0, number, format!("{}{star}", column.title), &head)?;
        sheet.write_string_with_format(1, number, column.example, &grey)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let notes = book.add_worksheet().set_name("说明")?;
    notes.set_column_width(0, 16)?.set_column_width(1, 70)?;
    let intro = format!(
        "请在“数据”表里填写，从第 2 行起一行一条；带 * 的必填；{REMARK}以“{EXAMPLE}”开头的行会跳过。最多 20000 行、10 MB。"
    );
    notes.write_string(0, 0, intro)?;
    for (row, column) in (2..).zip(columns) {
        notes.write_string_with_format(row, 0, column.title, &head)?;
        let must = if column.required { "必填。" } else { "" };
        notes.write_string(row, 1, format!("{must}{}", column.note))?;
    }
    book.save_to_buffer()
}
