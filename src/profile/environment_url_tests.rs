//! What an Environment URL is read from, and what a refusal says.

use super::*;

#[test]
fn every_pasted_form_becomes_one_origin() {
    for pasted in [
        "https://contoso.crm4.dynamics.com",
        "contoso.crm4.dynamics.com",
        "  HTTPS://Contoso.CRM4.Dynamics.com/  \r\n",
        "https://contoso.crm4.dynamics.com/main.aspx?appid=1111&pagetype=entitylist#x",
        "contoso.crm4.dynamics.com/main.aspx?etn=account",
        "https://contoso.api.crm4.dynamics.com/api/data/v9.2/",
        "//contoso.crm4.dynamics.com/",
        "<https://contoso.crm4.dynamics.com>",
        "\"https://contoso.crm4.dynamics.com\"",
        "https://contoso.crm4.dynamics.com./",
        "https:\\\\contoso.crm4.dynamics.com\\",
        "contoso.crm4.dynamics.com/redirect?to=https://elsewhere.example/x:y@z",
        "contoso.crm4.dynamics.com/redirect?to=https://ann@elsewhere.example",
        "https://contoso.crm4.dynamics.com;",
        "https://contoso.crm4.dynamics.com.",
        "https://contoso.crm4.dynamics.com,",
        "(https://contoso.crm4.dynamics.com).",
        "https://contoso.crm4.dynamics.com;ClientId=x",
        "https://https://contoso.crm4.dynamics.com/",
        "https:/contoso.crm4.dynamics.com",
        "https:contoso.crm4.dynamics.com",
        "https//contoso.crm4.dynamics.com",
        "https:////contoso.crm4.dynamics.com//main.aspx",
        "https;//contoso.crm4.dynamics.com",
        "https.//contoso.crm4.dynamics.com",
        "https: //contoso.crm4.dynamics.com",
        "https,//contoso.crm4.dynamics.com",
        "htps://contoso.crm4.dynamics.com",
        "ttps://contoso.crm4.dynamics.com",
        "hxxps://contoso.crm4.dynamics.com",
        "https://contoso.crm4.dynamics.com!",
        "https://contoso.crm4.dynamics.com…",
        "https://contoso.crm4.dynamics.com?",
        "https://contoso.crm4.dynamics.com:",
        "**https://contoso.crm4.dynamics.com**",
        "- https://contoso.crm4.dynamics.com",
        "• contoso.crm4.dynamics.com",
        "| https://contoso.crm4.dynamics.com |",
        "http://https://contoso.crm4.dynamics.com",
        "“https://contoso.crm4.dynamics.com”",
        "\u{feff}https://contoso.crm4.dynamics.com\u{200b}",
        "https://contoso.crm4.dyn\u{ad}amics.com",
        "Environment URL: https://contoso.crm4.dynamics.com",
        "Url=https://contoso.crm4.dynamics.com",
        "\"url\": \"https://contoso.crm4.dynamics.com\",",
        "https://contoso.crm4.dyn\r\namics.com",
        "https://contoso.crm4.\n   dynamics.com",
        "https://contoso.crm4.dynamics.com&",
        "https://contoso.crm4.dynamics.com%20",
        "See https://contoso.crm4.dynamics.com",
        "[CRM](https://contoso.crm4.dynamics.com)",
        "URL - https://contoso.crm4.dynamics.com",
        "<a href=\"https://contoso.crm4.dynamics.com\">",
        "view-source:https://contoso.crm4.dynamics.com/main.aspx",
        "https://contoso.crm4.dynamics.com;RedirectUri=https://localhost",
        "https://contoso.crm4.dynamics.com, https://contoso.api.crm4.dynamics.com",
    ] {
        let origin = EnvironmentUrl::parse(pasted).map(|url| url.to_string());
        assert_eq!(origin.as_deref(), Ok("https://contoso.crm4.dynamics.com"), "{pasted:?}");
    }
}

#[test]
fn refusals_carry_their_code_and_the_address_to_use() {
    let contoso = Some("https://contoso.crm4.dynamics.com");
    let cases = [
        ("", "url_invalid", None),
        ("https://", "url_invalid", None),
        ("not an address", "url_invalid", None),
        ("http://contoso.crm4.dynamics.com/main.aspx", "url_not_https", contoso),
        ("ftp://contoso.crm4.dynamics.com", "url_not_https", contoso),
        ("https://contoso.crm4.dynamics.com:8443/", "url_invalid", contoso),
        ("https://contoso.crm4.dynamics.com:443/", "url_invalid", contoso),
        ("contoso.crm4.dynamics.com:443", "url_invalid", contoso),
        ("https://contoso.crm4.dynamics.com@evil.example/", "url_invalid", None),
        ("https://@contoso.crm4.dynamics.com/", "url_invalid", None),
        ("https://contoso.crm4.dynamics.com.evil.example/", "url_not_dataverse", None),
        ("https://contoso.crm4-dynamics.com/", "url_not_dataverse", None),
        ("https://contoso.crm4.dynamlcs.com/", "url_not_dataverse", None),
        ("https://contoso.crm4.dynаmics.com/", "url_not_dataverse", None),
        ("https://make.powerapps.com/environments/Default-1", "url_not_dataverse", None),
        ("https://admin.powerplatform.microsoft.com/environments", "url_not_dataverse", None),
        ("https://portal.azure.com/#view/x", "url_not_dataverse", None),
        ("https://globaldisco.crm.dynamics.com", "url_not_dataverse", None),
        ("https://contoso.crm.microsoftdynamics.de", "url_not_dataverse", None),
        ("https://203.0.113.7/", "url_not_dataverse", None),
        ("https://[::1]/", "url_not_dataverse", None),
        ("https://localhost", "url_not_dataverse", None),
        ("https://contoso.crm4.dynamics.com.mcas.ms/main.aspx", "url_not_dataverse", contoso),
        ("https://contoso.crm4.dynamics.com.us.cas.ms/", "url_not_dataverse", contoso),
        ("https://contoso.crm4.dynamics.com.access-control.cas.ms", "url_not_dataverse", contoso),
        ("https://contoso.crm4.dynamics.com.mcas-gov.us", "url_not_dataverse", contoso),
        ("https://contoso.crm4.dynamics.com.mcas-gov.ms", "url_not_dataverse", contoso),
        ("https://contoso.crm4.dynamics.com.admin-mcas.ms", "url_not_dataverse", contoso),
        ("https://portal.mcas.ms", "url_not_dataverse", None),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fcontoso.crm4.dynamics.com%2Fm&data=05",
            "url_not_dataverse",
            contoso,
        ),
        (
            "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Felsewhere.example",
            "url_not_dataverse",
            None,
        ),
        ("https://urldefense.com/v3/__https://contoso.crm4.dynamics.com/main__;!!x$", "url_not_dataverse", contoso),
        (
            "https://urldefense.proofpoint.com/v2/url?u=https-3A__contoso.crm4.dynamics.com_main&d=x",
            "url_not_dataverse",
            contoso,
        ),
        (
            "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fcontoso.crm4.dynamics.com&c=E",
            "url_not_dataverse",
            contoso,
        ),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=http%3A%2F%2Fcontoso.crm4.dynamics.com%2F&data=05",
            "url_not_dataverse",
            contoso,
        ),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fcontoso.crm4.dynamics.com.mcas.ms%2F",
            "url_not_dataverse",
            contoso,
        ),
        ("hxxp://contoso.crm4.dynamics.com", "url_not_https", contoso),
        ("https.contoso.crm4.dynamics.com", "url_not_dataverse", None),
        ("https://www.contoso.crm4.dynamics.com/main.aspx", "url_not_dataverse", contoso),
        ("{url}", "url_invalid", None),
        ("$(BuildTools.EnvironmentUrl)", "url_invalid", None),
        ("[YOUR_CRM_URL]", "url_invalid", None),
        (
            "https://secure-web.cisco.com/1ab/https%3A%2F%2Fcontoso.crm4.dynamics.com%2Fmain",
            "url_not_dataverse",
            contoso,
        ),
        ("https://protect-eu.mimecast.com/s/1ab", "url_not_dataverse", None),
        ("evil.example/https://contoso.crm4.dynamics.com", "url_not_dataverse", None),
        ("https://evil.example/ https://contoso.crm4.dynamics.com", "url_not_dataverse", None),
        ("http://evil.example/ https://contoso.crm4.dynamics.com", "url_not_dataverse", None),
        ("ann@evil.example https://contoso.crm4.dynamics.com", "url_invalid", None),
        ("https://evil.example:443/?url=https://contoso.crm4.dynamics.com", "url_not_dataverse", None),
    ];
    for (pasted, code, instead) in cases {
        let error = EnvironmentUrl::parse(pasted).expect_err(pasted);
        assert_eq!((error.code(), error.instead()), (code, instead), "{pasted:?}: {error}");
    }
}

#[test]
fn two_environments_are_one_too_many() {
    let (one, other) = ("https://contoso.crm4.dynamics.com", "https://fabrikam.crm4.dynamics.com");
    for pasted in [
        format!("{one},{other}"),
        format!("{one}, {other}"),
        format!("{one};{other}"),
        format!("{one} {other}"),
        format!("{one}\r\n{other}"),
        format!("{one}/,{other}/"),
        format!("{one}/main.aspx?x=y {other}"),
        format!("{one} | {other}"),
        format!("{one} and {other}"),
        "contoso.crm4.dynamics.com, fabrikam.crm4.dynamics.com".to_owned(),
        format!("{one};Url={other}"),
        format!("<{one}> <{other}>"),
    ] {
        assert_eq!(EnvironmentUrl::parse(&pasted), Err(EnvironmentUrlError::Several), "{pasted:?}");
    }
    for pasted in [
        format!("{one}/main.aspx?redirect={other}"),
        format!("{one};ReplyUrl=https://localhost"),
        format!("{one} {one}/main.aspx"),
    ] {
        assert_ne!(EnvironmentUrl::parse(&pasted), Err(EnvironmentUrlError::Several), "{pasted:?}");
    }
}

#[test]
fn a_templates_name_in_an_address_is_a_placeholder() {
    for name in [
        "{org}",
        "$(org)",
        "<org>",
        "[org]",
        "%ORG%",
        "${ORG}",
        "{{org}}",
        "{config.org}",
        "yourorg",
        "your-org",
        "YourOrgName",
        "orgname",
        "xxx",
        "xxxx",
        "your-environment",
        "{value}",
    ] {
        let text = format!("https://{name}.crm4.dynamics.com");
        assert_eq!(EnvironmentUrl::parse(&text), Err(EnvironmentUrlError::Placeholder), "{text}");
    }
    for name in ["contoso", "zz", "na", "org", "org1a2b3c4d", "yourco", "x", "xxl", "myorg", "crm", "your", "dummy"] {
        for text in [format!("https://{name}.crm4.dynamics.com"), format!("HTTPS://{name}.crm4.dynamics.com/")] {
            assert!(EnvironmentUrl::parse(&text).is_ok(), "{text}");
        }
    }
    let kept = EnvironmentUrl::parse_exact("https://yourorg.crm4.dynamics.com", &Overrides::none());
    assert!(kept.is_some(), "an old vault has it");
}

#[test]
fn a_host_of_microsofts_is_called_what_it_is() {
    for (pasted, words) in [
        ("https://contoso.operations.dynamics.com", "finance and operations"),
        ("https://contoso.sandbox.operations.dynamics.com", "finance and operations"),
        ("https://contoso.operations.eu.dynamics.com", "finance and operations"),
        ("https://contosodevaos.cloudax.dynamics.com", "finance and operations"),
        ("https://contoso.axcloud.dynamics.com", "finance and operations"),
        ("https://contoso.sandbox.ax.dynamics.com", "finance and operations"),
        ("https://usnconeboxax1aos.cloud.onebox.dynamics.com", "finance and operations"),
        ("https://contoso.svc.dynamics.com", "behind Dynamics 365"),
        ("https://contoso.dynamics365portals.com", "Power Pages site"),
        ("https://contoso.microsoftcrmportals.com", "Power Pages site"),
        ("https://contosoret.cloud.retail.dynamics.com", "Dynamics 365 Commerce"),
        ("https://businesscentral.dynamics.com/x", "Business Central"),
        ("https://api.businesscentral.dynamics.com/v2.0", "Business Central"),
        ("https://admin.crm4.dynamics.com", "administration"),
        ("https://port.crm4.dynamics.com/G/Instances", "administration"),
        ("https://admin.microsoft.com", "Microsoft 365 admin center"),
        ("https://trials.dynamics.com/Dynamics365/Signup", "sign-up page for trials"),
        ("https://signup.microsoft.com/x", "sign-up page for trials"),
        ("https://make.preview.powerapps.com", "maker portal"),
        ("https://copilotstudio.microsoft.com/environments/x", "Copilot Studio"),
        ("https://make.powerpages.microsoft.com/e/x", "Power Pages"),
        ("https://gcc.admin.powerplatform.microsoft.us", "admin center"),
        ("https://contoso.dynamics.com", "not the name of a Dataverse environment"),
        ("https://crm4.dynamics.com", "not the name of a Dataverse environment"),
        ("https://contoso..crm4.dynamics.com", "not the name of a Dataverse environment"),
        ("https://contoso.crm123.dynamics.com", "not the name of a Dataverse environment"),
        ("https://contoso.crm4.dynamics.com.mcas.ms", "Use https://contoso.crm4.dynamics.com"),
    ] {
        let error = EnvironmentUrl::parse(pasted).expect_err(pasted).to_string();
        assert!(error.contains(words) && !error.contains("not Microsoft's"), "{pasted}: {error}");
    }
}

#[test]
fn what_stood_around_an_address_is_named() {
    use Extra as E;
    let origin = "https://contoso.crm4.dynamics.com";
    for (pasted, kinds) in [
        (format!("{origin}/main.aspx?x=y"), &[][..]),
        (format!(" {origin}\n"), &[E::Blanks]),
        (format!("{origin}\u{200b}"), &[E::Invisible]),
        (format!("“{origin}”"), &[E::Quotes]),
        (format!("<{origin}>"), &[E::Brackets]),
        (format!("{origin};"), &[E::Punctuation]),
        (format!("Environment URL: {origin}"), &[E::Label]),
        (format!("https://{origin}"), &[E::Slashes]),
        (origin.replace("://", ":/"), &[E::Slashes]),
        (origin.replace("contoso", "con\u{200d}toso"), &[E::Invisible]),
        (origin.replace(".dyn", ".dyn\r\n"), &[E::BlanksInside]),
        (origin.replace(".dyn", ".\ndyn"), &[E::BlanksInside]),
        (format!("{origin}/main.aspx?x=a\nb"), &[]),
        (format!("See {origin}"), &[E::OtherText]),
    ] {
        let read = EnvironmentUrl::parse_pasted(&pasted, &Overrides::none()).expect("an environment");
        assert_eq!((read.value.to_string().as_str(), read.removed.kinds()), (origin, kinds), "{pasted:?}");
    }
}

#[test]
fn a_look_alike_is_named_by_the_server_it_leads_to() {
    let error = EnvironmentUrl::parse("https://contoso.crm4.dynamics.com.evil.example/").expect_err("not Microsoft's");
    assert!(error.to_string().contains("contoso.crm4.dynamics.com.evil.example"), "{error}");
    assert!(matches!(error, EnvironmentUrlError::LookAlike { .. }));
    for host in ["contoso.crm.apps-platform.us", "contoso-dynamics.example", "contoso.xn--dynmics-2ya.com"] {
        let expected = EnvironmentUrlError::LookAlike { host: host.to_owned() };
        assert_eq!(EnvironmentUrl::parse(&format!("https://{host}")), Err(expected));
    }
    for host in ["contoso.example", "dynamics-365.microsoft.com"] {
        let expected = EnvironmentUrlError::NotDataverse { host: host.to_owned() };
        assert_eq!(EnvironmentUrl::parse(&format!("https://{host}")), Err(expected), "it imitates nobody");
    }
}

#[test]
fn an_answer_comes_from_the_environment_or_from_its_api() {
    let contoso = EnvironmentUrl::parse("https://contoso.crm4.dynamics.com").expect("an environment");
    assert_eq!((contoso.host(), contoso.organization()), ("contoso.crm4.dynamics.com", "contoso"));
    for host in ["contoso.crm4.dynamics.com", "Contoso.CRM4.dynamics.com", "contoso.api.crm4.dynamics.com"] {
        assert!(contoso.is_at(host), "{host}");
    }
    for host in
        ["fabrikam.crm4.dynamics.com", "contoso.crm.dynamics.com", "contoso.api.crm.dynamics.com", "contoso", ""]
    {
        assert!(!contoso.is_at(host), "{host}");
    }
}

#[test]
fn the_cloud_follows_from_the_host() {
    let cloud = |text| EnvironmentUrl::parse(text).map(|url| url.cloud());
    assert_eq!(cloud("https://contoso.crm9.dynamics.com"), Ok(Cloud::Gcc));
    assert_eq!(cloud("https://contoso.crm.appsplatform.us"), Ok(Cloud::Dod));
}
