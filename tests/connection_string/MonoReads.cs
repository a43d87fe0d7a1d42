// Reads connection strings with Mono's System.Data.Common.DbConnectionStringBuilder: the same rules as .NET's.
//
//   mcs -r:System.Data.dll tests/connection_string/MonoReads.cs -out:MonoReads.exe && mono MonoReads.exe FILE
//
// FILE holds the strings in UTF-8 with U+0001 between them. Prints one JSON object a line for each: error, or the values
// that Microsoft's client takes (the first alias that is not empty) and all keys in lower case.
using System;
using System.Collections.Generic;
using System.Data.Common;
using System.IO;
using System.Linq;
using System.Text;

class MonoReads
{
    static string Json(string text)
    {
        if (text == null) return "null";
        var json = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c == '"' || c == '\\') json.Append('\\').Append(c);
            else if (c < 32 || c > 126) json.AppendFormat("\\u{0:x4}", (int)c);
            else json.Append(c);
        }
        return json.Append('"').ToString();
    }

    static string First(Dictionary<string, string> values, params string[] aliases)
    {
        foreach (string alias in aliases)
        {
            string value;
            if (values.TryGetValue(alias.ToLowerInvariant(), out value) && !string.IsNullOrEmpty(value)) return value;
        }
        return null;
    }

    static void Main(string[] arguments)
    {
        string all = Encoding.UTF8.GetString(File.ReadAllBytes(arguments[0]));
        foreach (string text in all.Split(new[] { "\u0001" }, StringSplitOptions.None))
        {
            try
            {
                var builder = new DbConnectionStringBuilder { ConnectionString = text };
                var values = new Dictionary<string, string>();
                foreach (string key in builder.Keys) values[key.ToLowerInvariant()] = builder[key].ToString();
                Console.WriteLine(
                    "{\"error\":false,\"auth_type\":" + Json(First(values, "AuthType", "AuthenticationType"))
                    + ",\"url\":" + Json(First(values, "ServiceUri", "Service Uri", "Url", "Server"))
                    + ",\"client_id\":" + Json(First(values, "ClientId", "AppId", "ApplicationId"))
                    + ",\"client_secret\":" + Json(First(values, "ClientSecret", "Secret"))
                    + ",\"keys\":[" + string.Join(",", values.Keys.OrderBy(key => key, StringComparer.Ordinal).Select(Json)) + "]}");
            }
            catch (ArgumentException)
            {
                Console.WriteLine("{\"error\":true}");
            }
        }
    }
}
