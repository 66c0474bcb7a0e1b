//! Channels 渠道 by which contacts come in (INTAKE-1).

/// Name and title of every channel, in the order they are offered.
pub const CHANNELS: [(&str, &str); 14] = [
    ("call", "来电"),
    ("visit", "来访"),
    ("letter", "来函"),
    ("email", "邮件"),
    ("chat", "在线"),
    ("box", "意见箱"),
    ("control-room", "监控室"),
    ("repair-staff", "维修转"),
    ("security-staff", "秩序转"),
    ("cleaning-staff", "保洁转"),
    ("portal", "业主自助"),
    ("patrol", "巡查"),
    ("import", "导入"),
    ("other", "其他"),
];

/// The words for a channel.
pub fn title(name: &str) -> Option<&'static str> {
    CHANNELS.iter().find(|(n, _)| *n == name).map(|(_, title)| *title)
}
