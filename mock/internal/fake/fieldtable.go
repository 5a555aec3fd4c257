package fake

import (
	"fmt"
	"maps"
	"strconv"
	"time"
)

// fields are those known by name: words joined, in lower case, without the plural s. They are never changed.
var fields = fieldTable()

// names says what a name looks like by what it is a name of.
var names = map[string]*Field{
	"thing":       of("春江|望湖|翠柏|青松|云溪|明月|兰亭|新塘", "Harbor|Meadow|Willow|Summit|Compass|Orchard|Beacon|Lantern"),
	"user":        personName,
	"person":      personName,
	"patient":     personName,
	"customer":    personName,
	"contact":     personName,
	"employee":    personName,
	"member":      personName,
	"owner":       personName,
	"author":      personName,
	"doctor":      personName,
	"student":     personName,
	"teacher":     personName,
	"guardian":    personName,
	"operator":    personName,
	"applicant":   personName,
	"recipient":   personName,
	"full":        personName,
	"real":        personName,
	"display":     personName,
	"people":      personName,
	"first":       either(func(_ Source, r Record) string { return afterFirst(r.person().Name) }, func(s Source, _ Record) string { return s.faker().FirstName() }),
	"given":       either(func(_ Source, r Record) string { return afterFirst(r.person().Name) }, func(s Source, _ Record) string { return s.faker().FirstName() }),
	"middle":      either(func(_ Source, r Record) string { return afterFirst(r.person().Name) }, func(s Source, _ Record) string { return s.faker().FirstName() }),
	"last":        either(func(_ Source, r Record) string { return firstRunes(r.person().Name, 1) }, func(s Source, _ Record) string { return s.faker().LastName() }),
	"family":      either(func(_ Source, r Record) string { return firstRunes(r.person().Name, 1) }, func(s Source, _ Record) string { return s.faker().LastName() }),
	"sur":         either(func(_ Source, r Record) string { return firstRunes(r.person().Name, 1) }, func(s Source, _ Record) string { return s.faker().LastName() }),
	"login":       plainly(login),
	"hospital":    hospital,
	"company":     company,
	"org":         company,
	"institution": hospital,
	"department":  department,
	"dept":        department,
	"city":        city,
	"province":    province,
	"country":     country,
	"file":        plainly(func(s Source, _ Record) string { return s.EnglishWord() + ".pdf" }),
	"pet":         of("豆豆|可乐|团子|雪球|糯米|布丁", "Biscuit|Pepper|Maple|Cocoa|Clover|Ziggy"),
	"product":     product,
	"item":        product,
	"goods":       product,
	"category":    category,
	"tag":         of("热门|新品|推荐|限时|精选", "new|popular|seasonal|featured|limited"),
	"bank":        of("示例银行|样例商业银行", "Example Bank|Sample Savings Bank"),
	"host":        plainly(func(s Source, _ Record) string { return s.latin() + ".example.com" }),
	"domain":      plainly(func(s Source, _ Record) string { return s.latin() + ".example.com" }),
	"role":        of("管理员|操作员|访客|审核员", "admin|editor|viewer|auditor"),
	"project":     of("云溪项目|望湖项目|兰亭项目", "Project Harbor|Project Willow|Project Summit"),
}

var (
	personName = either(func(_ Source, r Record) string { return r.person().Name }, func(_ Source, r Record) string {
		f := r.Source.Sub("person").faker()
		return f.FirstName() + " " + f.LastName()
	})
	hospital = either(func(s Source, _ Record) string { return s.Hospital().Name }, func(s Source, _ Record) string {
		return s.faker().LastName() + " Memorial Hospital"
	})
	company = either(func(s Source, _ Record) string {
		return firstRunes(s.Sub("city").region().city, 2) + s.Pick([]string{"澄溪", "望岚", "青禾", "明澈", "同舟", "安澜"}) + "科技有限公司"
	}, func(s Source, _ Record) string { return s.faker().LastName() + " & Partners" })
	department = of("内科|外科|儿科|妇产科|眼科|口腔科|皮肤科|预防保健科|检验科|放射科",
		"Cardiology|Pediatrics|Radiology|Surgery|Oncology|Dermatology|Neurology")
	city = either(func(_ Source, r Record) string { return r.Source.Sub("region").region().city },
		func(_ Source, r Record) string { return r.Source.Sub("city").faker().City() })
	province = either(func(_ Source, r Record) string { return r.Source.Sub("region").region().province },
		func(_ Source, r Record) string { return r.Source.Sub("state").faker().State() })
	district = either(func(_ Source, r Record) string { return r.Source.Sub("region").region().county },
		func(_ Source, r Record) string { return r.Source.Sub("county").faker().LastName() + " County" })
	country  = of("中国", "United States|Canada|Germany|France|Japan|Brazil")
	category = of("体检|疫苗|门诊|健康管理", "books|garden|kitchen|outdoor|toys")
	product  = of("健康体检套餐|血压计|电子体温计|维生素片|便携药盒", "Desk Lamp|Canvas Bag|Steel Bottle|Wool Blanket|Field Notebook|Ceramic Mug")
	address  = either(func(_ Source, r Record) string { return r.person().Address }, func(s Source, _ Record) string {
		f := s.faker()
		return strconv.Itoa(s.Sub("number").Between(1, 999)) + " " + f.LastName() + " Street, " + f.City()
	})
	sentence = either(func(s Source, _ Record) string { return s.Sentence() }, func(s Source, _ Record) string { return s.EnglishSentence() })
	word     = either(func(s Source, _ Record) string { return s.Word() }, func(s Source, _ Record) string { return s.EnglishWord() })
	phone    = either(func(_ Source, r Record) string { return r.person().Mobile }, func(s Source, _ Record) string {
		// 555-01xx is set aside for fiction.
		return "+1-" + strconv.Itoa(s.Sub("area").Between(201, 989)) + "-555-01" + s.Digits(2)
	})
	instant = &Field{instant: true, count: true, text: func(s Source, r Record) string {
		t := s.PastInstant(r.At, 365)
		if r.Chinese {
			return t.Format(time.DateTime)
		}
		return t.Format(time.RFC3339)
	}}
	birth = formatted("date", func(_ Source, r Record) string { return r.person().Birth.Format(time.DateOnly) })
	day   = plainly(func(s Source, r Record) string { return s.PastInstant(r.At, 365).Format(time.DateOnly) })
	uri   = plainly(func(s Source, r Record) string { t, _ := s.Format("uri", r.At); return t })
	image = formatted("uri", func(s Source, _ Record) string {
		return "https://images.example.com/" + s.EnglishWord() + "-" + s.Digits(3) + ".png"
	})
	email = plainly(func(s Source, r Record) string { t, _ := s.Format("email", r.At); return t })
	token = plainly(func(s Source, _ Record) string { return s.Hex(32) })
	code  = plainly(func(s Source, _ Record) string { return string(rune('A'+s.Intn(26))) + s.Sub("digits").Digits(5) })
	money = within(10, 500)
)

func login(s Source, _ Record) string {
	return s.EnglishWord() + strconv.Itoa(s.Sub("number").Between(10, 999))
}

func afterFirst(name string) string { return name[len(firstRunes(name, 1)):] }

// number is a field that is a number.
func number(low, high int) *Field {
	return &Field{low: float64(low), high: float64(high), count: true}
}

func fieldTable() map[string]*Field {
	all := map[string]*Field{}
	maps.Copy(all, textFields())
	maps.Copy(all, numberFields())
	return all
}

func textFields() map[string]*Field {
	serial := func(prefix string) *Field {
		return plainly(func(s Source, r Record) string {
			return prefix + s.Sub("day").PastInstant(r.At, 365).Format("20060102") + s.Digits(6)
		})
	}
	return map[string]*Field{
		"username": plainly(login), "login": plainly(login), "nickname": personName, "fullname": personName, "realname": personName,
		"firstname": names["first"], "lastname": names["last"], "surname": names["last"], "filename": names["file"],
		"hostname": names["host"], "author": personName, "contact": personName, "doctor": personName, "patient": personName,
		"phone": phone, "mobile": phone, "telephone": phone, "tel": phone, "phonenumber": phone, "mobilephone": phone, "cellphone": phone,
		"phoneno": phone, "mobileno": phone, "fax": phone,
		"idcard": plainly(func(_ Source, r Record) string { return r.person().IDCard }), "idcardno": plainly(func(_ Source, r Record) string { return r.person().IDCard }),
		"idno": plainly(func(_ Source, r Record) string { return r.person().IDCard }), "certno": plainly(func(_ Source, r Record) string { return r.person().IDCard }),
		"identitycard": plainly(func(_ Source, r Record) string { return r.person().IDCard }),
		"email":        email, "mail": email, "emailaddress": email,
		"sex":       either(func(_ Source, r Record) string { return r.person().Sex.String() }, func(s Source, _ Record) string { return s.Pick([]string{"female", "male"}) }),
		"gender":    either(func(_ Source, r Record) string { return r.person().Sex.String() }, func(s Source, _ Record) string { return s.Pick([]string{"female", "male"}) }),
		"birthday":  birth,
		"birthdate": birth,
		"birth":     birth,
		"address":   address, "addr": address, "street": either(func(_ Source, r Record) string { return r.person().Address }, func(s Source, _ Record) string { return s.faker().LastName() + " Street" }),
		"city": city, "province": province, "state": province, "district": district, "county": district, "region": district, "country": country,
		"countrycode": of("CN", "US|CA|DE|FR|JP|BR"), "zip": plainly(func(s Source, _ Record) string { return strconv.Itoa(s.Between(10000, 99999)) }),
		"zipcode":    plainly(func(s Source, _ Record) string { return strconv.Itoa(s.Between(10000, 99999)) }),
		"postcode":   plainly(func(s Source, _ Record) string { return strconv.Itoa(s.Between(100000, 999999)) }),
		"postalcode": plainly(func(s Source, _ Record) string { return strconv.Itoa(s.Between(10000, 99999)) }),
		"hospital":   hospital, "department": department, "dept": department, "company": company, "organization": company, "organisation": company,
		"school": of("望湖小学|青松中学|云溪学院", "Meadow School|Harbor College"), "job": of("工程师|教师|护士|会计", "engineer|teacher|nurse|accountant"),
		"description": sentence, "desc": sentence, "remark": sentence, "remarks": sentence, "note": sentence, "comment": sentence, "content": sentence,
		"message": sentence, "msg": sentence, "summary": sentence, "detail": sentence, "reason": sentence, "body": sentence, "text": sentence, "memo": sentence,
		"title":   either(func(s Source, _ Record) string { return s.Sub("a").Word() + "通知" }, func(s Source, _ Record) string { return upperFirst(s.EnglishWord()) + " notes" }),
		"subject": either(func(s Source, _ Record) string { return s.Sub("a").Word() + "通知" }, func(s Source, _ Record) string { return upperFirst(s.EnglishWord()) + " notes" }),
		"label":   word, "tag": names["tag"], "keyword": word, "category": category, "product": product, "brand": of("澄溪|青禾|明澈", "Meadowline|Harborside|Copperfield"),
		"status": of("正常|处理中|已完成|待审核", "active|pending|completed|archived"),
		"url":    uri, "uri": uri, "link": uri, "href": uri, "website": uri, "homepage": uri, "callback": uri, "callbackurl": uri, "webhook": uri,
		"image": image, "avatar": image, "photo": image, "picture": image, "icon": image, "logo": image, "thumbnail": image, "imageurl": image, "photourl": image, "avatarurl": image, "logourl": image, "iconurl": image, "pictureurl": image, "thumbnailurl": image, "imgurl": image,
		"uuid": plainly(func(s Source, _ Record) string { return s.UUID() }), "guid": plainly(func(s Source, _ Record) string { return s.UUID() }),
		"token": token, "secret": token, "apikey": token, "signature": token, "sign": token, "nonce": plainly(func(s Source, _ Record) string { return s.Hex(16) }),
		"hash": token, "checksum": token, "etag": token, "sha": token,
		"password": plainly(func(s Source, r Record) string { t, _ := s.Format("password", r.At); return t }),
		"color":    of("红色|蓝色|绿色|白色|黑色", "red|blue|green|white|black"), "currency": of("CNY", "USD|EUR|GBP|JPY"),
		"language": of("zh-CN", "en|de|fr|ja"), "lang": of("zh-CN", "en|de|fr|ja"), "locale": of("zh-CN", "en-US|de-DE|fr-FR|ja-JP"),
		"timezone": of("Asia/Shanghai", "America/New_York|Europe/Berlin|Asia/Tokyo"), "ip": plainly(func(s Source, r Record) string { t, _ := s.Format("ipv4", r.At); return t }),
		"ipaddress": plainly(func(s Source, r Record) string { t, _ := s.Format("ipv4", r.At); return t }),
		"mac": plainly(func(s Source, _ Record) string {
			h := s.Hex(6)
			return fmt.Sprintf("02:00:5e:%s:%s:%s", h[:2], h[2:4], h[4:])
		}),
		"orderno": serial(""), "orderid": serial(""), "serialno": serial(""), "tradeno": serial(""), "batchno": serial("B"), "invoiceno": serial("INV"), "requestid": plainly(func(s Source, _ Record) string { return s.UUID() }),
		"traceid": plainly(func(s Source, _ Record) string { return s.Hex(32) }), "code": code, "no": code, "sku": code, "slug": word,
		"createdat": instant, "updatedat": instant, "createtime": instant, "updatetime": instant, "time": instant, "timestamp": instant, "datetime": instant,
		"createdtime": instant, "modifiedtime": instant, "modifytime": instant, "created": instant, "updated": instant, "modified": instant, "at": instant,
		"date": day, "day": day, "version": plainly(func(s Source, _ Record) string { t, _ := s.further("semver", time.Time{}); return t }),
	}
}

func numberFields() map[string]*Field {
	return map[string]*Field{
		"id":  {low: 1001, high: 99999, count: true, text: func(s Source, _ Record) string { return strconv.Itoa(s.Between(1001, 99999)) }},
		"age": number(18, 70), "page": number(1, 1), "pageno": number(1, 1), "pagenum": number(1, 1), "pagenumber": number(1, 1), "pageindex": number(1, 1), "currentpage": number(1, 1),
		"size": number(10, 20), "pagesize": number(10, 20), "limit": number(10, 20), "perpage": number(10, 20), "offset": number(0, 0), "skip": number(0, 0),
		"total": number(1, 60), "count": number(1, 20), "totalcount": number(1, 60), "totalpage": number(1, 3), "quantity": number(1, 12), "qty": number(1, 12), "num": number(1, 20),
		"stock": number(0, 200), "sort": number(1, 20), "order": number(1, 20), "rank": number(1, 20), "level": number(1, 5), "priority": number(1, 5), "index": number(0, 20),
		"year": number(2020, 2026), "month": number(1, 12), "hour": number(8, 18), "minute": number(0, 59), "second": number(0, 59), "weekday": number(1, 5),
		"amount": money, "price": money, "cost": money, "fee": money, "balance": money, "salary": within(3000, 20000), "discount": within(1, 20), "tax": within(1, 40), "sum": money,
		"lat": within(27, 31), "latitude": within(27, 31), "lng": within(118, 122), "lon": within(118, 122), "longitude": within(118, 122),
		"percent": within(1, 99), "percentage": within(1, 99), "rate": within(0.01, 0.99), "ratio": within(0.01, 0.99), "score": within(60, 100), "rating": within(1, 5), "stars": number(1, 5),
		"weight": within(40, 90), "height": within(150, 190), "width": within(10, 400), "length": within(10, 400), "temperature": within(36, 37.2), "distance": within(1, 60),
		"port": number(8000, 9000), "duration": number(10, 600), "timeout": number(10, 120), "expiresin": number(3600, 7200), "ttl": number(60, 3600), "retries": number(0, 5), "errcode": number(0, 0),
	}
}

func upperFirst(word string) string {
	if word == "" {
		return ""
	}
	return string(word[0]-'a'+'A') + word[1:]
}

// chineseFields are those whose names are Chinese, by how they end.
var chineseFields = map[string]*Field{
	"姓名": personName, "手机号": phone, "手机": phone, "电话": phone, "地址": address, "城市": city, "医院": hospital, "科室": department, "备注": sentence,
	"描述": sentence, "标题": fields["title"], "金额": money, "价格": money, "年龄": number(18, 70),
}
