package wptest

var firstNames = []string{"Ada", "Amelia", "Aylin", "Bea", "Chloé", "Daniel", "Elif", "Emma", "Farid", "Grace", "Hana", "Ingrid", "Jonas", "José", "Kwame",
	"Léa", "Linh", "Marta", "Mina", "Noah", "Olga", "Priya", "Quinn", "Rosa", "Søren", "Thị", "Uma", "Vera", "Wei", "Yusuf", "Zoë"}

var lastNames = []string{"Almeida", "Baker", "Chen", "Dubois", "Evans", "Fischer", "García", "Haddad", "Ivanova", "Jensen", "Kowalski", "Lovelace", "Müller",
	"Nguyễn", "O'Brien", "Petrov", "Quispe", "Rossi", "Şahin", "Tanaka", "Usman", "Vega", "Williams", "Yılmaz", "Zhang"}

var domains = []string{"example.com", "example.org", "example.net", "mail.example.com"}

// awkwardPeople are those on whom careless tools stumble. Some of them cannot become members: they end in rejected.csv.
func awkwardPeople() []Person {
	return []Person{
		{Login: "admin", Email: "admin@example.com", Roles: "administrator", Tags: []string{}},
		{Login: "plus", Email: "plus.first+vip@example.com", FirstName: "Plus", LastName: "First", Roles: "subscriber", Tags: []string{"Inner Circle Member"}},
		{Login: "formula", Email: "formula@example.com", FirstName: "=1+1", LastName: "@Sum", Roles: "subscriber"},
		{Login: "quote", Email: "quote@example.com", FirstName: "Quo", LastName: "Te", Roles: "subscriber", Biography: "Line one \\\"quoted\\\"\nline two, C:\\"},
		{Login: "entity", Email: "entity@example.com", FirstName: "Tom &amp; Jerry", LastName: "O'Neil", Roles: "subscriber"},
		{Login: "mojibake", Email: "mojibake@example.com", FirstName: "Nguyá»…n", LastName: "YÄ±lmaz", Roles: "subscriber"},
		{Login: "nbsp", Email: "nbsp@example.com", FirstName: "\u00a0Nora ", LastName: "Bsp\u200b", Roles: "subscriber"},
		{Login: "nfd", Email: "nfd@example.com", FirstName: "Jose\u0301", LastName: "Nfd", Roles: "subscriber"},
		{Login: "family", Email: "family@example.com", FirstName: "\U0001F468\u200d\U0001F469\u200d\U0001F467", LastName: "Family", Roles: "subscriber"},
		{Login: "norole", Email: "norole@example.com", FirstName: "No", LastName: "Role", Roles: ""},
		{Login: "zerodate", Email: "zerodate@example.com", FirstName: "Zero", LastName: "Date", Registered: "0000-00-00 00:00:00", Roles: "subscriber"},
		{Login: "nameless", Email: "nameless@example.com", Roles: "subscriber"},
		{Login: "capital", Email: "Grace.HOPPER@Example.COM", FirstName: "Grace", LastName: "Hopper", Roles: "subscriber, vip_member"},
		{Login: "everything", Email: "everything@example.com", FirstName: "Every", LastName: "Thing", Roles: "subscriber",
			Tags: []string{"Yoga Basics Access", "Yoga Basics Instant", "Inner Circle Member", "Teacher Training 2024: Access", "Teacher Training, all modules", "Bibliothèque ✓"}},
		{Login: "revoked", Email: "revoked@example.com", FirstName: "Re", LastName: "Voked", Roles: "subscriber", Tags: []string{"Inner Circle Member", "Inner Circle Revoke"}},
		{Login: "twin1", Email: "twin@example.com", FirstName: "Twin", LastName: "One", Roles: "subscriber", Tags: []string{"Yoga Basics Access"}},
		{Login: "twin2", Email: "Twin@example.com", FirstName: "Twin", LastName: "Two", Roles: "subscriber", Tags: []string{"Yoga Basics Access"}},
		{Login: "empty", Email: "", FirstName: "Em", LastName: "Pty", Roles: "subscriber", Tags: []string{}},
		{Login: "invalid", Email: "not-an-address", FirstName: "In", LastName: "Valid", Roles: "subscriber", Tags: []string{}},
	}
}
