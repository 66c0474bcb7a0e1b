//! Serving.

use super::background;
use super::{End, Place, told};
use crate::background::Background;
use crate::clock::{Clock, Ids};
use crate::context::Config;
use crate::live::Wake;
use crate::{router, simulate};
use anyhow::Context;
use clap::Args;
use std::net::SocketAddr;
use tokio::net::TcpListener;

#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    place: Place,
    /// 没有员工的数据库先生成演示公司，登录页显示演示账号
    #[arg(long)]
    demo: bool,
    /// 监听的地址
    #[arg(long, env = "YIZHAN_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// 运行指标（Prometheus）另开的地址，不对外；不写就不开
    #[arg(long, env = "YIZHAN_METRICS")]
    metrics: Option<SocketAddr>,
    /// 邮件服务器：smtp://用户:密码@主机:端口；不写就不发邮件
    #[arg(long, env = "YIZHAN_SMTP", hide_env_values = true)]
    smtp: Option<String>,
    /// 发件地址
    #[arg(long, env = "YIZHAN_MAIL_FROM")]
    mail_from: Option<String>,
    /// 用户访问的网址，写在邮件里
    #[arg(long, env = "YIZHAN_BASE_URL")]
    base_url: Option<String>,
    /// 网址是 https 时加上：登录凭证只经加密连接传送
    #[arg(long, env = "YIZHAN_SECURE_COOKIES")]
    secure_cookies: bool,
    /// 前面有反向代理时加上：来访地址以代理写的 X-Forwarded-For 为准
    #[arg(long, env = "YIZHAN_BEHIND_PROXY")]
    behind_proxy: bool,
    /// 允许推送到内网地址
    #[arg(long, env = "YIZHAN_PRIVATE_HOOKS")]
    private_hooks: bool,
}

impl Serve {
    fn config(&self) -> anyhow::Result<Config> {
        let mut config = self.place.config()?;
        config.demo = self.demo;
        config.smtp.clone_from(&self.smtp);
        config.secure_cookies = self.secure_cookies;
        config.behind_proxy = self.behind_proxy;
        config.private_hooks = self.private_hooks;
        config.base_url = self
            .base_url
            .clone()
            .unwrap_or_else(|| format!("http://{}", self.listen));
        if let Some(from) = &self.mail_from {
            config.mail_from.clone_from(from);
        }
        Ok(config)
    }

    pub(super) async fn run(self) -> anyhow::Result<End> {
        let config = self.config()?;
        // Before anything is written: who is in the way is told at once.
        let listener = TcpListener::bind(self.listen).await;
        let listener = listener.with_context(|| format!("不能监听 {}", self.listen))?;
        let metrics = match self.metrics {
            Some(address) => {
                let listener = TcpListener::bind(address).await;
                Some(listener.with_context(|| format!("不能监听 {address}"))?)
            }
            None => None,
        };
        let clock = if self.demo {
            Clock::ahead_by(0)
        } else {
            Clock::system()
        };
        let mut app = crate::app::open(config.clone(), clock.clone(), Ids::system()).await?;
        if self.demo && !simulate::has_staff(&app).await.map_err(told)? {
            app.db.close().await;
            println!("正在生成演示公司……");
            let made = Clock::system().now();
            let now = simulate::clock::by_day(made);
            let plan = simulate::Plan {
                seed: 1,
                homes: simulate::HOMES,
                days: simulate::DAYS,
                now,
            };
            println!("{}", simulate::run(&config, plan).await?);
            app = crate::app::open(config.clone(), clock, Ids::system()).await?;
            simulate::clock::begin_ahead(&app, now - made).await?;
        }
        if self.demo {
            simulate::clock::restore(&app).await?;
            simulate::accounts(&app)
                .into_iter()
                .for_each(|line| println!("{line}"));
        }
        println!("一站已启动：{}", config.base_url);
        let mut work = Background::new(&app);
        background::start(&app, &mut work);
        if let (Some(listener), Some(address)) = (metrics, self.metrics) {
            background::metrics(&app, &mut work, listener, address)?;
        }
        let live = app.live.clone();
        let stop = async move {
            told_to_stop().await;
            // Browsers that listen would keep the server waiting for ever.
            live.relay(Wake::Stop);
        };
        let routes = router::build(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, routes).with_graceful_shutdown(stop).await?;
        work.stop().await;
        app.db.close().await;
        Ok(End::Good)
    }
}

/// Waits for ctrl-c or the system's request to end.
async fn told_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            // Nobody can press it then.
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            return interrupt.await;
        };
        tokio::select! {
            () = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    interrupt.await;
}
