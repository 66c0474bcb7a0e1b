//! Where a hook may point: into the world, not at machines of the own network, which trust whoever is inside.

use crate::error::Problem;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Refuses an address that cannot be told anything, as far as it shows.
///
/// # Errors
/// [`crate::error::Code::Invalid`].
pub(super) fn check(url: &str, private: bool) -> Result<Url, Problem> {
    let wrong = |sentence| Problem::field("url", sentence);
    let read = Url::parse(url.trim()).map_err(|_| wrong("网址不对，应写成 https://…"))?;
    if !matches!(read.scheme(), "https" | "http") || read.host_str().is_none() || url.len() > 500 {
        return Err(wrong("网址不对，应写成 https://…"));
    }
    if !read.username().is_empty() || read.password().is_some() {
        return Err(wrong("网址里不能写用户名和密码"));
    }
    if !private && literal(&read).is_some_and(is_inside) {
        return Err(wrong("不能推送到内网地址"));
    }
    Ok(read)
}

/// The address a URL names without asking the name service.
pub(super) fn literal(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']');
    if host.eq_ignore_ascii_case("localhost") {
        return Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    host.parse().ok()
}

/// Whether an address is of this machine, of a private network, or of no single machine at all.
pub(super) fn is_inside(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_broadcast()
                || v4.is_multicast()
                || a == 0
                || a >= 240
                // Carriers' own networks, protocol assignments, benchmarks.
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (18..20).contains(&b))
        }
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
                // Networks whose addresses contain others: 6to4, NAT64.
                || first == 0x2002
                || (first == 0x64 && v6.segments()[1] == 0xff9b)
        }
    }
}

/// Looks names up, and forgets what lies inside. The connection goes to what was looked at here, so that a name cannot
/// mean one machine when it is checked and another when it is called.
#[derive(Debug)]
pub(super) struct Outside {
    pub(super) private: bool,
}

impl Resolve for Outside {
    fn resolve(&self, name: Name) -> Resolving {
        let private = self.private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|a| private || !is_inside(a.ip())).collect();
            if allowed.is_empty() {
                return Err("不能推送到内网地址".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_network_is_inside() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "::1",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "224.0.0.1",
            "255.255.255.255",
        ] {
            assert!(is_inside(inside.parse().expect("address")), "{inside}");
        }
        for outside in ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "100.128.0.1"] {
            assert!(!is_inside(outside.parse().expect("address")), "{outside}");
        }
    }

    #[tokio::test]
    async fn a_name_that_means_this_machine_is_found_out_when_it_is_looked_up() {
        let look = |private| {
            let name: Name = "localhost".parse().expect("name");
            Outside { private }.resolve(name)
        };
        assert!(look(false).await.is_err());
        assert!(look(true).await.is_ok());
    }

    #[test]
    fn addresses_are_refused_as_they_are_written() {
        for wrong in [
            "ftp://example.com",
            "example.com",
            "http://localhost/x",
            "http://127.1/",
            "http://[::1]/",
            "http://2130706433/",
            "https://u:p@example.com/",
        ] {
            assert!(check(wrong, false).is_err(), "{wrong}");
        }
        assert!(check("https://example.com/hook", false).is_ok());
        assert!(check("http://127.0.0.1:9/", true).is_ok());
    }
}
