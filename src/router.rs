//! Every route on one screen.

use crate::api::{API, digest_request};
use crate::context::App;
use crate::error::{Code, Problem, ProblemBody};
use crate::{
    access, auth, cases, channels, contacts, estate, exchange, files, manual, measure, metrics, owner,
    people, reports, simulate, views, web, webhooks,
};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, ResponseBuilder};
use utoipa::{OpenApi as _, PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "Yizhan 一站",
    description = "Customer-service centre for property companies, run from its written manual."
))]
struct Described;

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Described::openapi())
        // Session
        .routes(routes!(
            auth::session::get_session,
            auth::session::sign_in,
            auth::session::sign_out
        ))
        .routes(routes!(auth::session::demo_accounts))
        .routes(routes!(simulate::clock::move_clock))
        .routes(routes!(auth::password::change_password))
        .routes(routes!(
            auth::sessions::my_access,
            auth::sessions::end_other_sessions
        ))
        .routes(routes!(auth::sessions::end_session))
        .routes(routes!(
            auth::second::begin_two_step,
            auth::second::confirm_two_step
        ))
        .routes(routes!(auth::second::end_two_step))
        .routes(routes!(auth::setup::set_up))
        // Homes, customers, people
        .routes(routes!(views::everything::search))
        .routes(routes!(estate::sites::list_sites))
        .routes(routes!(estate::homes::list_homes))
        .routes(routes!(views::home::get_home, views::home::change_home))
        .routes(routes!(views::create::create_customer))
        .routes(routes!(
            views::story::get_customer,
            views::change::change_customer
        ))
        .routes(routes!(estate::unmask::unmask_customer))
        .routes(routes!(people::list::list_staff, people::change::create_staff))
        .routes(routes!(people::change::change_staff))
        .routes(routes!(people::leave::staff_leaves))
        .routes(routes!(
            auth::sessions::staff_access,
            auth::sessions::end_staff_sessions
        ))
        .routes(routes!(auth::sessions::reset_two_step))
        .routes(routes!(people::duty::list_duty, people::duty::create_duty))
        .routes(routes!(people::duty::delete_duty))
        .routes(routes!(exchange::handlers::get_template))
        .routes(routes!(exchange::handlers::import_file))
        // Contacts
        .routes(routes!(
            contacts::list::list_contacts,
            contacts::register::register_contact
        ))
        .routes(routes!(contacts::export::export_contacts))
        .routes(routes!(contacts::list::get_contact))
        .routes(routes!(contacts::joining::add_case))
        .routes(routes!(contacts::joining::attach_to_case))
        .routes(routes!(contacts::joining::join_customer))
        .routes(routes!(contacts::feedback::feedback))
        .routes(routes!(contacts::similar::list_similar))
        .routes(routes!(
            contacts::incidents::list_incidents,
            contacts::incidents::open_incident
        ))
        .routes(routes!(contacts::incidents::hang_contact))
        .routes(routes!(contacts::incidents::close_incident))
        // Cases
        .routes(routes!(cases::lists::list_cases, cases::opening::open_case))
        .routes(routes!(cases::columns::list_columns))
        .routes(routes!(cases::records::list_records))
        .routes(routes!(views::offered::list_people_for))
        .routes(routes!(cases::export::export_cases))
        .routes(routes!(cases::unmask::unmask_case))
        .routes(routes!(cases::papers::whole_paper))
        .routes(routes!(cases::bulk::common_offers))
        .routes(routes!(cases::bulk::perform_on_many))
        .routes(routes!(cases::saved::list_views, cases::saved::save_view))
        .routes(routes!(cases::saved::delete_view))
        .routes(routes!(cases::view::get_case))
        .routes(routes!(cases::ahead::look_ahead))
        .routes(routes!(cases::act::perform_action))
        .routes(routes!(cases::work::list_work))
        .routes(routes!(cases::pool::list_pool))
        .routes(routes!(cases::rounds::list_recurrences))
        .routes(routes!(cases::rounds::get_recurrence))
        .routes(routes!(owner::gate::check_code))
        .routes(routes!(owner::gate::use_code))
        .routes(routes!(owner::hand::hand_link))
        // Files, notices
        .routes(routes!(files::upload::upload_file))
        .routes(routes!(files::serve::download_file))
        .routes(routes!(files::serve::file_thumbnail))
        .routes(routes!(channels::inbox::list_inbox))
        .routes(routes!(channels::inbox::read_inbox))
        .routes(routes!(views::live::live_updates))
        .routes(routes!(channels::outbox::get_outbox))
        .routes(routes!(channels::outbox::retry_outbox))
        // Manual, measures
        .routes(routes!(manual::views::list_kinds))
        .routes(routes!(manual::kind::get_kind))
        .routes(routes!(manual::handbook::get_manual))
        .routes(routes!(measure::board::list_clauses))
        .routes(routes!(measure::detail::get_clause))
        // Other systems
        .routes(routes!(access::log::list_access_events))
        .routes(routes!(access::looks::list_looks))
        .routes(routes!(access::tokens::list_tokens, access::tokens::create_token))
        .routes(routes!(access::tokens::revoke_token))
        .routes(routes!(webhooks::view::list_hooks, webhooks::change::create_hook))
        .routes(routes!(
            webhooks::change::change_hook,
            webhooks::change::delete_hook
        ))
        .routes(routes!(webhooks::change::try_hook))
        .routes(routes!(webhooks::view::list_deliveries))
        .routes(routes!(webhooks::change::replay_delivery))
        .routes(routes!(reports::handlers::list_reports))
        .routes(routes!(reports::handlers::get_report))
        .routes(routes!(reports::handlers::export_report))
        .routes(routes!(reports::handlers::behind))
        // The owner's page
        .routes(routes!(owner::home::get_owner))
        .routes(routes!(owner::records::list_records_for_owner))
        .routes(routes!(owner::report::report))
        .routes(routes!(owner::act::act_as_owner))
        .routes(routes!(owner::upload::upload_as_owner))
        .routes(routes!(owner::upload::get_owner_file))
}

/// The description of the API.
pub fn openapi() -> OpenApi {
    let (_, mut described) = api().split_for_parts();
    described.info.version = env!("CARGO_PKG_VERSION").to_owned();
    add_problems(&mut described);
    described
}

/// Every operation may answer with a problem; saying so once here spares saying it at each.
fn add_problems(described: &mut OpenApi) {
    let components = described.components.get_or_insert_default();
    let mut needed = Vec::new();
    ProblemBody::schemas(&mut needed);
    components.schemas.extend(needed);
    components
        .schemas
        .insert(ProblemBody::name().into_owned(), ProblemBody::schema());
    let content = || {
        ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(ProblemBody::name())))
            .build()
    };
    let problem = ResponseBuilder::new()
        .description("A problem; `code` is stable, `detail` is a sentence to show")
        .content("application/problem+json", content())
        .build();
    for item in described.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.post,
            &mut item.put,
            &mut item.delete,
            &mut item.patch,
        ]
        .into_iter();
        for operation in operations.flatten() {
            operation
                .responses
                .responses
                .entry("default".to_owned())
                .or_insert_with(|| problem.clone().into());
        }
    }
}

/// The whole application.
pub fn build(app: App) -> Router {
    let (routes, _) = api().split_for_parts();
    let described = openapi();
    let routes = routes
        .route(
            "/openapi.json",
            axum::routing::get(move || async move { Json(described) }),
        )
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async {
            Problem::new(Code::MethodNotAllowed, "这个地址不支持这种操作").into_response()
        })
        .layer(from_fn(digest_request))
        .layer(from_fn_with_state(app.clone(), tell_now))
        .layer(from_fn_with_state(app.clone(), auth::address::limit))
        .layer(DefaultBodyLimit::disable())
        // Lists are tens of kilobytes of text. The quickest level: answers are made for one reader.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest));
    Router::new()
        .nest(API, routes)
        .merge(web::routes())
        .layer(from_fn_with_state(app.clone(), web::guard))
        .layer(from_fn(metrics::measure))
        .layer(TraceLayer::new_for_http())
        .with_state(app)
}

/// The company's time on every answer, Unix epoch milliseconds: pages reckon by it, not by the clock of a device.
async fn tell_now(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    answer.headers_mut().insert("x-now", app.clock.now().into());
    answer
}
