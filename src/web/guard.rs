//! Headers that keep pages from being misused; one layer over the whole router.

use crate::context::App;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// Everything from our own address, no script written into a page. Styles may be: the component library writes
/// them while it runs. Pictures also from memory: photos that wait to be sent, signatures.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self'; \
    manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Adds what an answer does not say for itself.
pub async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let mut add = |name: HeaderName, value: &'static str| {
        response
            .headers_mut()
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    add(header::CONTENT_SECURITY_POLICY, POLICY);
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // An owner's token stands in the address: it must not travel to other sites.
    add(header::REFERRER_POLICY, "no-referrer");
    add(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    add(
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(), geolocation=(self)",
    );
    if is_api {
        // Personal data stays out of the caches of shared machines.
        add(header::CACHE_CONTROL, "no-store");
    }
    if app.config.secure_cookies {
        add(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}
