package fake

import "maps"

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
	"first":       givenName,
	"given":       givenName,
	"middle":      givenName,
	"last":        familyName,
	"family":      familyName,
	"sur":         familyName,
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
	"file": plainly(func(dst []byte, s Source, _ *Record) []byte {
		return append(append(dst, s.EnglishWord()...), ".pdf"...)
	}),
	"pet":      of("豆豆|可乐|团子|雪球|糯米|布丁", "Biscuit|Pepper|Maple|Cocoa|Clover|Ziggy"),
	"product":  product,
	"item":     product,
	"goods":    product,
	"category": category,
	"tag":      of("热门|新品|推荐|限时|精选", "new|popular|seasonal|featured|limited"),
	"bank":     of("示例银行|样例商业银行", "Example Bank|Sample Savings Bank"),
	"host":     plainly(appendHost),
	"domain":   plainly(appendHost),
	"role":     of("管理员|操作员|访客|审核员", "admin|editor|viewer|auditor"),
	"project":  of("云溪项目|望湖项目|兰亭项目", "Project Harbor|Project Willow|Project Summit"),
}

var (
	personName = either(
		func(dst []byte, _ Source, r *Record) []byte { return r.human().appendName(dst) },
		func(dst []byte, _ Source, r *Record) []byte {
			l, st := englishLists(), r.Source.Sub("person").stream()
			dst = append(append(dst, st.pick(l.first)...), ' ')
			return append(dst, st.pick(l.last)...)
		})
	givenName = either(
		func(dst []byte, _ Source, r *Record) []byte { return r.human().appendGiven(dst) },
		func(dst []byte, s Source, _ *Record) []byte { return append(dst, s.firstName()...) })
	familyName = either(
		func(dst []byte, _ Source, r *Record) []byte { return r.human().appendFamily(dst) },
		func(dst []byte, s Source, _ *Record) []byte { return append(dst, s.lastName()...) })
	hospital = either(
		func(dst []byte, s Source, _ *Record) []byte { return s.appendHospital(dst) },
		func(dst []byte, s Source, _ *Record) []byte {
			return append(append(dst, s.lastName()...), " Memorial Hospital"...)
		})
	company = either(
		func(dst []byte, s Source, _ *Record) []byte {
			dst = append(dst, firstRunes(s.Sub("city").region().city, 2)...)
			return append(append(dst, s.Pick(companies)...), "科技有限公司"...)
		},
		func(dst []byte, s Source, _ *Record) []byte {
			return append(append(dst, s.lastName()...), " & Partners"...)
		})
	companies  = []string{"澄溪", "望岚", "青禾", "明澈", "同舟", "安澜"}
	department = of("内科|外科|儿科|妇产科|眼科|口腔科|皮肤科|预防保健科|检验科|放射科",
		"Cardiology|Pediatrics|Radiology|Surgery|Oncology|Dermatology|Neurology")
	city = either(
		func(dst []byte, _ Source, r *Record) []byte {
			return append(dst, r.Source.Sub("region").region().city...)
		},
		func(dst []byte, _ Source, r *Record) []byte {
			return append(dst, r.Source.Sub("city").Pick(englishLists().city)...)
		})
	province = either(
		func(dst []byte, _ Source, r *Record) []byte {
			return append(dst, r.Source.Sub("region").region().province...)
		},
		func(dst []byte, _ Source, r *Record) []byte {
			return append(dst, r.Source.Sub("state").Pick(englishLists().state)...)
		})
	district = either(
		func(dst []byte, _ Source, r *Record) []byte {
			return append(dst, r.Source.Sub("region").region().county...)
		},
		func(dst []byte, _ Source, r *Record) []byte {
			return append(append(dst, r.Source.Sub("county").lastName()...), " County"...)
		})
	country  = of("中国", "United States|Canada|Germany|France|Japan|Brazil")
	category = of("体检|疫苗|门诊|健康管理", "books|garden|kitchen|outdoor|toys")
	product  = of("健康体检套餐|血压计|电子体温计|维生素片|便携药盒", "Desk Lamp|Canvas Bag|Steel Bottle|Wool Blanket|Field Notebook|Ceramic Mug")
	address  = either(
		func(dst []byte, _ Source, r *Record) []byte { return r.human().appendAddress(dst) },
		func(dst []byte, s Source, _ *Record) []byte {
			l, st := englishLists(), s.stream()
			dst = append(appendInt(dst, 1+st.intn(999)), ' ')
			dst = append(append(dst, st.pick(l.last)...), " Street, "...)
			return append(dst, st.pick(l.city)...)
		})
	street = either(
		func(dst []byte, _ Source, r *Record) []byte { return r.human().appendAddress(dst) },
		func(dst []byte, s Source, _ *Record) []byte {
			return append(append(dst, s.lastName()...), " Street"...)
		})
	sentence = either(
		func(dst []byte, s Source, _ *Record) []byte { return s.appendSentence(dst) },
		func(dst []byte, s Source, _ *Record) []byte { return s.appendEnglishSentence(dst) })
	word = either(
		func(dst []byte, s Source, _ *Record) []byte { return append(dst, s.Word()...) },
		func(dst []byte, s Source, _ *Record) []byte { return append(dst, s.EnglishWord()...) })
	phone = either(
		func(dst []byte, _ Source, r *Record) []byte { return r.Source.appendMobile(dst) },
		func(dst []byte, s Source, _ *Record) []byte {
			// 555-01xx is set aside for fiction.
			st := s.stream()
			dst = appendInt(append(dst, "+1-"...), 201+st.intn(789))
			return st.appendDigits(append(dst, "-555-01"...), 2)
		})
	idCard = plainly(func(dst []byte, _ Source, r *Record) []byte { return r.human().appendIDCard(dst) })
	sexes  = []string{"female", "male"}
	sex    = either(
		func(dst []byte, _ Source, r *Record) []byte { return append(dst, r.human().sex.String()...) },
		func(dst []byte, s Source, _ *Record) []byte { return append(dst, s.Pick(sexes)...) })
	title = either(
		func(dst []byte, s Source, _ *Record) []byte {
			return append(append(dst, s.Sub("a").Word()...), "通知"...)
		},
		func(dst []byte, s Source, _ *Record) []byte {
			from := len(dst)
			dst = append(append(dst, s.EnglishWord()...), " notes"...)
			dst[from] -= 'a' - 'A'
			return dst
		})
	instant = &Field{instant: true, count: true, text: func(dst []byte, s Source, r *Record) []byte {
		if r.Chinese {
			return s.appendPastPlain(dst, r.today())
		}
		return s.appendPast(dst, r.today())
	}}
	birth = formatted("date", func(dst []byte, _ Source, r *Record) []byte { return r.human().birth.appendDate(dst, '-') })
	day   = plainly(FormatNamed("date"))
	uri   = plainly(FormatNamed("uri"))
	image = formatted("uri", func(dst []byte, s Source, _ *Record) []byte {
		st := s.stream()
		dst = append(append(dst, "https://images.example.com/"...), st.pick(englishWords)...)
		return append(st.appendDigits(append(dst, '-'), 3), ".png"...)
	})
	email = plainly(FormatNamed("email"))
	ipv4  = plainly(FormatNamed("ipv4"))
	uuid  = plainly(FormatNamed("uuid"))
	token = hexadecimal(32)
	code  = plainly(func(dst []byte, s Source, _ *Record) []byte {
		st := s.stream()
		return st.appendDigits(append(dst, byte('A'+st.intn(26))), 5)
	})
	money = within(10, 500)
)

func login(dst []byte, s Source, _ *Record) []byte {
	st := s.stream()
	return appendInt(append(dst, st.pick(englishWords)...), 10+st.intn(990))
}

// hexadecimal is a field of so many digits.
func hexadecimal(n int) *Field {
	return plainly(func(dst []byte, s Source, _ *Record) []byte { return s.appendHex(dst, lowerHex, n) })
}

// whole is a field of a number that is written as a text.
func whole(low, high int) Maker {
	return func(dst []byte, s Source, _ *Record) []byte { return appendInt(dst, s.Between(low, high)) }
}

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
		return plainly(func(dst []byte, s Source, r *Record) []byte {
			dst = s.Sub("day").pastDay(r.today()).appendDigits(append(dst, prefix...))
			return s.appendDigits(dst, 6)
		})
	}
	return map[string]*Field{
		"username": plainly(login), "login": plainly(login), "nickname": personName, "fullname": personName, "realname": personName,
		"firstname": names["first"], "lastname": names["last"], "surname": names["last"], "filename": names["file"],
		"hostname": names["host"], "author": personName, "contact": personName, "doctor": personName, "patient": personName,
		"phone": phone, "mobile": phone, "telephone": phone, "tel": phone, "phonenumber": phone, "mobilephone": phone, "cellphone": phone,
		"phoneno": phone, "mobileno": phone, "fax": phone,
		"idcard": idCard, "idcardno": idCard,
		"idno": idCard, "certno": idCard,
		"identitycard": idCard,
		"email":        email, "mail": email, "emailaddress": email,
		"sex":       sex,
		"gender":    sex,
		"birthday":  birth,
		"birthdate": birth,
		"birth":     birth,
		"address":   address, "addr": address, "street": street,
		"city": city, "province": province, "state": province, "district": district, "county": district, "region": district, "country": country,
		"countrycode": of("CN", "US|CA|DE|FR|JP|BR"), "zip": plainly(whole(10000, 99999)),
		"zipcode":    plainly(whole(10000, 99999)),
		"postcode":   plainly(whole(100000, 999999)),
		"postalcode": plainly(whole(10000, 99999)),
		"hospital":   hospital, "department": department, "dept": department, "company": company, "organization": company, "organisation": company,
		"school": of("望湖小学|青松中学|云溪学院", "Meadow School|Harbor College"), "job": of("工程师|教师|护士|会计", "engineer|teacher|nurse|accountant"),
		"description": sentence, "desc": sentence, "remark": sentence, "remarks": sentence, "note": sentence, "comment": sentence, "content": sentence,
		"message": sentence, "msg": sentence, "summary": sentence, "detail": sentence, "reason": sentence, "body": sentence, "text": sentence, "memo": sentence,
		"title":   title,
		"subject": title,
		"label":   word, "tag": names["tag"], "keyword": word, "category": category, "product": product, "brand": of("澄溪|青禾|明澈", "Meadowline|Harborside|Copperfield"),
		"status": of("正常|处理中|已完成|待审核", "active|pending|completed|archived"),
		"url":    uri, "uri": uri, "link": uri, "href": uri, "website": uri, "homepage": uri, "callback": uri, "callbackurl": uri, "webhook": uri,
		"image": image, "avatar": image, "photo": image, "picture": image, "icon": image, "logo": image, "thumbnail": image, "imageurl": image, "photourl": image, "avatarurl": image, "logourl": image, "iconurl": image, "pictureurl": image, "thumbnailurl": image, "imgurl": image,
		"uuid": uuid, "guid": uuid,
		"token": token, "secret": token, "apikey": token, "signature": token, "sign": token, "nonce": hexadecimal(16),
		"hash": token, "checksum": token, "etag": token, "sha": token,
		"password": plainly(FormatNamed("password")),
		"color":    of("红色|蓝色|绿色|白色|黑色", "red|blue|green|white|black"), "currency": of("CNY", "USD|EUR|GBP|JPY"),
		"language": of("zh-CN", "en|de|fr|ja"), "lang": of("zh-CN", "en|de|fr|ja"), "locale": of("zh-CN", "en-US|de-DE|fr-FR|ja-JP"),
		"timezone": of("Asia/Shanghai", "America/New_York|Europe/Berlin|Asia/Tokyo"), "ip": ipv4,
		"ipaddress": ipv4,
		"mac": plainly(func(dst []byte, s Source, _ *Record) []byte {
			var digits [6]byte
			h := s.appendHex(digits[:0], lowerHex, 6)
			dst = append(append(dst, "02:00:5e:"...), h[:2]...)
			dst = append(append(dst, ':'), h[2:4]...)
			return append(append(dst, ':'), h[4:]...)
		}),
		"orderno": serial(""), "orderid": serial(""), "serialno": serial(""), "tradeno": serial(""), "batchno": serial("B"), "invoiceno": serial("INV"), "requestid": uuid,
		"traceid": hexadecimal(32), "code": code, "no": code, "sku": code, "slug": word,
		"createdat": instant, "updatedat": instant, "createtime": instant, "updatetime": instant, "time": instant, "timestamp": instant, "datetime": instant,
		"createdtime": instant, "modifiedtime": instant, "modifytime": instant, "created": instant, "updated": instant, "modified": instant, "at": instant,
		"date": day, "day": day, "version": plainly(FormatNamed("semver")),
	}
}

func numberFields() map[string]*Field {
	return map[string]*Field{
		"id":  {low: 1001, high: 99999, count: true, text: whole(1001, 99999)},
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

// chineseFields are those whose names are Chinese, by how they end.
var chineseFields = map[string]*Field{
	"姓名": personName, "手机号": phone, "手机": phone, "电话": phone, "地址": address, "城市": city, "医院": hospital, "科室": department, "备注": sentence,
	"描述": sentence, "标题": fields["title"], "金额": money, "价格": money, "年龄": number(18, 70),
}
