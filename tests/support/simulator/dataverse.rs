//! A Dataverse environment's Web API: the challenge, WhoAmI, the questions about privileges, and the tables.

use serde_json::{Value, json};
use uuid::Uuid;

use super::server::Asked;
use super::trouble::{Answer, Canned};
use super::world::{Asking, Environment, PRIVILEGES, User, World};

const API: &str = "/api/data/v9.2/";
/// Collections, their tables and the privilege to read them.
const COLLECTIONS: [(&str, &str, &str); 5] = [
    ("accounts", "account", "prvReadAccount"),
    ("contacts", "contact", "prvReadContact"),
    ("incidents", "incident", "prvReadIncident"),
    ("leads", "lead", "prvReadLead"),
    ("activitypointers", "activitypointer", "prvReadActivity"),
];

pub(super) fn answer(world: &World, asked: &Asked) -> Answer {
    let environment = world.environment(&asked.host).expect("only asked for known environments");
    let request_id = Uuid::new_v4().to_string();
    let canned = decide(world, environment, asked);
    canned
        .header("x-ms-service-request-id", &request_id)
        .header("REQ_ID", &request_id)
        .header("OData-Version", "4.0")
        .into_answer()
}

fn refuse(code: &str, message: &str) -> Canned {
    Canned::dataverse_error(403, code, message)
}

fn decide(world: &World, environment: &Environment, asked: &Asked) -> Canned {
    if environment.blocked_address {
        let message = "The request you are trying to make is rejected as access to your IP is blocked. Contact your \
                       administrator for more information";
        return refuse("0x80095ffe", message);
    }
    let Some(path) = asked.path.strip_prefix(API) else {
        return Canned::html(404, "Not found");
    };
    let token = asked.token().map(|token| world.tokens.get(token));
    let token = match token {
        None => return challenge(environment, &asked.host, ""),
        Some(Some(token)) if token.resource == environment.host => token,
        Some(_) => return challenge(environment, &asked.host, "error=\"invalid_token\", "),
    };
    if !environment.enabled {
        let message = "The Dynamics 365 organization you are attempting to access is currently disabled.  Please \
                       contact your system administrator";
        return refuse("0x8004a104", message);
    }
    if environment.admin_mode {
        let message = "User does not have required privileges (or role membership) to access the org when it is in \
                       Admin Only mode.";
        return refuse("0x80044150", message);
    }
    if environment.blocked_apps.contains(&token.app) {
        let message = format!(
            "Access to Dataverse API is restricted for this application Id : '{}'. Please contact your administrator \
             for more information.",
            token.app
        );
        return refuse("0x80095ffc", &message);
    }
    let Some(user) = environment.users.get(&token.app) else {
        return refuse("0x80072560", "The user is not a member of the organization.");
    };
    if !user.enabled {
        let message = "The specified user(Id = {0}) is disabled. Consider enabling this user. Additional Details: {1}";
        return refuse("0x80040225", message);
    }
    if path == "WhoAmI" {
        return who_am_i(environment, user);
    }
    if !user.has_roles {
        let message = format!(
            "RetrievePrivilegeForUser: The user with id {} has not been assigned any roles. They need a role with \
             the prvReadBusinessUnit privilege.",
            user.id
        );
        return refuse("0x80042f09", &message);
    }
    with_roles(environment, user, path, &asked.query)
}

fn challenge(environment: &Environment, host: &str, before: &str) -> Canned {
    let sign_in_host = match host.rsplit('.').next() {
        Some("us") => "login.microsoftonline.us",
        Some("cn") => "login.partner.microsoftonline.cn",
        _ => "login.microsoftonline.com",
    };
    let header = format!(
        "Bearer {before}authorization_uri=https://{sign_in_host}/{}/oauth2/authorize, resource_id=https://{host}/",
        environment.tenant
    );
    Canned::status(401).header("WWW-Authenticate", &header)
}

fn odata(json: &Value) -> Canned {
    Canned::status(200).header("Content-Type", "application/json; odata.metadata=minimal").body(json.to_string())
}

fn who_am_i(environment: &Environment, user: &User) -> Canned {
    let context = format!("https://{}{API}$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse", environment.host);
    odata(&json!({
        "@odata.context": context,
        "BusinessUnitId": Uuid::new_v4(),
        "UserId": user.id,
        "OrganizationId": environment.organization,
    }))
}

fn with_roles(environment: &Environment, user: &User, path: &str, query: &str) -> Canned {
    let of_user = format!("systemusers({})/Microsoft.Dynamics.CRM.", user.id);
    if let Some(function) = path.strip_prefix(&of_user) {
        return privileges(environment, user, function, query);
    }
    if path.starts_with("RetrieveCurrentOrganization(") {
        return organization(environment, user);
    }
    match COLLECTIONS.iter().find(|(collection, ..)| *collection == path) {
        Some((collection, table, privilege)) if environment.tables.contains(table) => {
            table_rows(user, collection, table, privilege)
        }
        _ => {
            let message = format!("Resource not found for the segment '{path}'.");
            Canned::dataverse_error(404, "0x80060888", &message)
        }
    }
}

fn privileges(environment: &Environment, user: &User, function: &str, query: &str) -> Canned {
    if environment.asking == Asking::Forbidden {
        return lacks(user, "prvReadUser", "systemuser");
    }
    // A privilege exists only when its table does.
    let is_known = |name: &str| {
        let table = match name.trim_start_matches("prvRead").trim_start_matches("prvWrite") {
            "Account" => "account",
            "Contact" => "contact",
            "Incident" => "incident",
            "Lead" => "lead",
            _ => "activitypointer",
        };
        PRIVILEGES.contains(&name) && environment.tables.contains(table)
    };
    if function.starts_with("RetrieveUserPrivileges") {
        // The real one tells privileges that come through a team as Basic, whatever they are.
        let depth_of = |depth: &'static str| if user.through_team { "Basic" } else { depth };
        let row = |(name, depth): (&String, &&'static str)| json!({"Depth": depth_of(depth), "PrivilegeId": Uuid::new_v4(), "BusinessUnitId": Uuid::new_v4(), "PrivilegeName": name});
        let rows: Vec<Value> = user.privileges.iter().map(row).collect();
        return odata(&json!({"RolePrivileges": rows}));
    }
    let names: Vec<String> = if function.starts_with("RetrieveUserSetOfPrivilegesByNames(") {
        let list = query.strip_prefix("@p=").unwrap_or_default().replace('\'', "\"");
        match serde_json::from_str(&list) {
            Ok(names) => names,
            Err(_) => return Canned::dataverse_error(400, "0x80048d19", "Error identified in Payload."),
        }
    } else if let Some(rest) = function.strip_prefix("RetrieveUserPrivilegeByPrivilegeName(PrivilegeName='") {
        let name = rest.trim_end_matches("')").to_owned();
        if !is_known(&name) {
            return Canned::dataverse_error(400, "0x80042f0a", "The privilege does not exist.");
        }
        vec![name]
    } else {
        return Canned::dataverse_error(404, "0x80060888", "Resource not found for the segment.");
    };
    if environment.asking == Asking::RefusesUnknownNames && !names.iter().all(|name| is_known(name)) {
        return Canned::dataverse_error(400, "0x80042f0a", "The privilege does not exist.");
    }
    let rows: Vec<Value> = names
        .iter()
        .filter(|name| is_known(name))
        .filter_map(|name| user.privileges.get(name).map(|depth| (name, depth)))
        .map(|(name, depth)| {
            // Microsoft's own examples show names whose case differs from the one asked for.
            let shown = name.replace("prvReadIncident", "prvReadincident");
            json!({"Depth": depth, "PrivilegeId": Uuid::new_v4(), "BusinessUnitId": Uuid::new_v4(), "PrivilegeName": shown})
        })
        .collect();
    odata(&json!({
        "@odata.context": format!("https://{}{API}$metadata#Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNamesResponse", environment.host),
        "RolePrivileges": rows,
    }))
}

fn lacks(user: &User, privilege: &str, table: &str) -> Canned {
    let message = format!(
        "Principal user (Id={}, type=8, roleCount=1, privilegeCount=12, accessMode='4 Non-interactive', \
         MetadataCachePrivilegesCount=5214, businessUnitId={}), is missing {privilege} privilege (Id={}) on OTC=1 for \
         entity '{table}' (LocalizedName='{table}'). context.Caller={}. Consider adding missed privilege to one of \
         the principal (user/team) roles.",
        user.id,
        Uuid::new_v4(),
        Uuid::new_v4(),
        user.id
    );
    refuse("0x80040220", &message)
}

fn table_rows(user: &User, collection: &str, table: &str, privilege: &str) -> Canned {
    match user.privileges.get(privilege) {
        None => lacks(user, privilege, table),
        Some(depth) => {
            let rows = if *depth == "Basic" { json!([]) } else { json!([{"@odata.etag": "W/\"1\""}]) };
            odata(&json!({"@odata.context": format!("$metadata#{collection}"), "value": rows}))
        }
    }
}

fn organization(environment: &Environment, user: &User) -> Canned {
    if !environment.organization_readable {
        return lacks(user, "prvReadOrganization", "organization");
    }
    odata(&json!({"Detail": {
        "OrganizationId": environment.organization,
        "FriendlyName": "Contoso Service",
        "UniqueName": "unq1",
        "UrlName": environment.host.split('.').next(),
        "OrganizationVersion": "9.2.25061.00137",
        "EnvironmentId": Uuid::new_v4(),
        "Geo": "EMEA",
        "TenantId": environment.tenant,
        "State": "Enabled",
    }}))
}
