//! Where a request comes from, and how often one address may knock at the doors that stand open to everybody.

use crate::api::text_header;
use crate::context::App;
use crate::error::{Code, Problem};
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;

/// Sign-ins of one address: at once, and then this many a second. An office shares one address, and comes at nine.
const SIGN_IN: (u32, u32) = (100, 1);
/// Requests of owners by one address; a mobile network shares one too.
const OWNER: (u32, u32) = (200, 5);
/// Addresses remembered before those that have been quiet are forgotten.
const MOST_ADDRESSES: usize = 20_000;

/// Counters by address, in this process: of several nodes each counts for itself.
pub struct Limits {
    sign_in: DefaultKeyedRateLimiter<IpAddr>,
    owner: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Limits {
    fn default() -> Limits {
        let keyed = |(burst, second): (u32, u32)| {
            let count = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
            RateLimiter::keyed(Quota::per_second(count(second)).allow_burst(count(burst)))
        };
        Limits {
            sign_in: keyed(SIGN_IN),
            owner: keyed(OWNER),
        }
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Limits")
    }
}

/// Who knocks: address and program.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Address, as people read it; empty when it is not known.
    pub address: String,
    /// What the browser says of itself, 200 characters at most.
    pub agent: String,
}

impl FromRequestParts<App> for Caller {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Caller, Infallible> {
        let address = address(app, &parts.headers, &parts.extensions);
        let agent = text_header(&parts.headers, "user-agent").unwrap_or_default();
        Ok(Caller {
            address: address.map(|a| a.to_string()).unwrap_or_default(),
            agent: agent.chars().take(200).collect(),
        })
    }
}

/// The address of whoever asks. Behind a proxy it is the last one of `X-Forwarded-For`: those before it are only what
/// the caller says.
fn address(app: &App, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
    if app.config.behind_proxy {
        let mut lines = headers.get_all("x-forwarded-for").iter();
        let last = lines
            .next_back()?
            .to_str()
            .ok()?
            .rsplit(',')
            .next()?
            .trim()
            .to_owned();
        return last.parse().ok();
    }
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(peer.ip())
}

/// One line of a house has as many IPv6 addresses as it likes: the network counts.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// Refuses an address that knocks too often. Where the address is not known (a request inside the process), none is.
pub async fn limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let limits = app.own::<Limits>();
    let keys = match path {
        "/session" | "/setup" if request.method() == Method::POST => Some(&limits.sign_in),
        _ if path.starts_with("/owner") => Some(&limits.owner),
        _ => None,
    };
    let address = address(&app, request.headers(), request.extensions());
    if let (Some(keys), Some(address)) = (keys, address) {
        if keys.len() > MOST_ADDRESSES {
            keys.retain_recent();
        }
        if keys.check_key(&network(address)).is_err() {
            return Problem::new(Code::TooMany, "操作太频繁，请稍等一会儿再试").into_response();
        }
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_is_one_address() {
        let one = |text: &str| network(text.parse().expect("address"));
        assert_eq!(one("2001:db8:1:2::1"), one("2001:db8:1:2:ffff::9"));
        assert_ne!(one("2001:db8:1:2::1"), one("2001:db8:1:3::1"));
        assert_eq!(one("::ffff:10.0.0.1"), one("10.0.0.1"));
    }
}
