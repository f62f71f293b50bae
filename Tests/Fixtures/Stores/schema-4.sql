-- Made by Tests/Reference/stores.py with tome-eval 0.1.0 (checkout at dc02726a7883).
PRAGMA application_id = 1953459557;
CREATE TABLE embedding (
  subject TEXT NOT NULL,
  clipFingerprint TEXT NOT NULL,
  vector BLOB NOT NULL,
  PRIMARY KEY (subject, clipFingerprint)
) STRICT, WITHOUT ROWID;
INSERT INTO "embedding" VALUES('0368c9ab5c82526d57d53c4163441b6f20fc04121c428a186a11b6b3976ee6eb','bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',X'BF1A18BE3595343B3D6FD33DDC72043D9B252E3DF190CB3D85D08EBD37AA903C96D8EABDE1189BBD6BA4F23C3520D33C82F63F3ED3F1093E14A1423EFAAF17BD8B37D1BCB44CBDBC256B9B3B2F4C863BBB72053DD0E42DBEA97055BD8CFE573EC9369D3CF66200BDC8FA303D7A4F913D86DDA13CBF53983CC5D906BD8E21193DDB24C33C762BFEBDDA719D3C442BD8BD0C1B69BE3E242DBE37550F3E60FCD1BD54FB2ABD00AE33BED6B19EBD9EF3A53DF56FB43CA779853C057B0CBE05B0C63D9F84B0BCD7EC82BDA9E735BDBF2F2CBD537314BD85853B3E415DA53D8E1ABFBCEF3830BEBFD5F5BD1AB98C3C9A38CABDA279FDBD387784BDED99743DA3B9383DC6092B3DB8D0713DE1FB133D3623823D2AF810BE74908EBD86F0233DFBACE9BBCF20A2BC7F93A23C189B19BD429746BEBD47AFBD7118863CFAEAF83CE2FBCFBDF49D833C5BB0FEBC2D73973CD5E64DBD11E49DBBEAAFD03D2D74BFBDAE4B533C10DE233CDF6B7E3D36998FBDCE2CEFBCEAF1ABBDB42A283ED678F0BDA2B5E6BDBC7D9FBD0FBFBF3DE73BE6BD9656D53DAD83CABD815781BDD92E59BD632EB23DE770E2BCF86571BC9342F03D388702BEA37B7E3D6923E83C9FC779BC79B8A23DF7B117BED46EF93D5B9F03BDF0F2F03CD251D4BD77CEC7BDD41F1DBAA9D6823D1171013E8E4CCA3C33CA023D738B723D02119ABCC6B3B93D8326C0BC694C0FBE');
INSERT INTO "embedding" VALUES('0662ca4ac37ae56eff879d61f917af0bca8fc0c8e8b32ca3183feef1c48e784c','bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',X'DDE04C3E93F94F3C952C1DBE15B4A5BDE6A2BABD0AD9C4BC74CC90BD7510EFBCDB07BB3D17181E3C19759ABCEB86E8BDFB5B6FBCE37619BE8D6F0ABCDB37203E55F2F1B9CD11103EAAEE813CEA21E93BB5E9493D407EDD3CDFA22DBDC380463CE46D84BC2E22FBBB85E1C93D0F5A623DC68E733D052D97BDF7B6243DFA61E33DAF770F3E1C2D613DA6B7963D6846803D3A361D3D0B51E83D358617BE8CBD7EBB956C42BCC3BF003E22E784BEA254DEBC62E49F3B9EAF26BBA882963DE95306BE94997C3BD72D813D7A6D573D3FF1C7BD5F9598BD6C8622BED726EFBC6FAEBA3D3D30C7BC48DA0FBDC41FEC3DBB62FDBD7B9C383EF4EB963B2167EFBD34EB1F3E445B1F3D8A5CD83C2B6FDE3DE4EA0FBD9862BEBD2636133E5C5A19BE935E373B4B04A73D631184BD3AB3BF3DCD30D13D645BB63DF42B1A3D72BDEBBDD468BC3D422DA5BD230DE8BC679F97BC70ED8A3DEA633E3C8AA74EBD4C4BADBD6988EB3CD74E633CA2349FBDE32609BD346269BD40A4023C949B8FBD27418E3D77B812BD9CE1DBBCC08A16BE7AC7D63BEC9A023D603E373E48F09C3DE368163E3F371CBEA4E285BC8D8F1FBE5D1E5B3D51A49F3D85A8933D512528BEA55EEABD71D8753D8E50123EF4EA11BEF0E757BD50780C3C746C253D61B48E3D7B69503B6B0870BD7A99D73B19B3B5BDFF56083DF32DCE3D4E1D243C3F4369BD56162DBD564DF0BD');
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO "grdb_migrations" VALUES('1-first');
INSERT INTO "grdb_migrations" VALUES('2-variants-and-checks');
INSERT INTO "grdb_migrations" VALUES('3-equal-time');
INSERT INTO "grdb_migrations" VALUES('4-seed-noise');
CREATE TABLE nullCheck (
  runID INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  kind TEXT NOT NULL,
  variantID INTEGER REFERENCES variant ON DELETE CASCADE,
  outcome TEXT NOT NULL CHECK (outcome IN ('passed', 'failed', 'noted', 'pending')),
  detail TEXT NOT NULL
) STRICT;
INSERT INTO "nullCheck" VALUES(1,'zero_ratio',1,'passed','ratio 0 through the merging path, against no merging: the same bits (prompt 1, seed 0)');
INSERT INTO "nullCheck" VALUES(1,'repetition',3,'passed','ratio 0.9 made twice: the same bits (prompt 1, seed 0)');
INSERT INTO "nullCheck" VALUES(1,'effect',2,'passed','ratio 0.5 changed 4 of 4 pictures');
INSERT INTO "nullCheck" VALUES(1,'effect',3,'passed','ratio 0.9 changed 4 of 4 pictures');
INSERT INTO "nullCheck" VALUES(1,'cap',3,'noted','ratio 0.9 acts as 0.75: one token of each 2x2 cell is always kept');
CREATE TABLE prompt (
  id INTEGER PRIMARY KEY,
  runID INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  row INTEGER NOT NULL,
  text TEXT NOT NULL,
  category TEXT,
  challenge TEXT,
  subset TEXT
) STRICT;
INSERT INTO "prompt" VALUES(1,1,1,'a red cube',NULL,NULL,NULL);
INSERT INTO "prompt" VALUES(2,1,2,'an owl, "big"',NULL,NULL,NULL);
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created TEXT NOT NULL,
  commandLine TEXT NOT NULL,
  toolVersion TEXT NOT NULL,
  modelName TEXT NOT NULL,
  modelFingerprint TEXT NOT NULL,
  modelNote TEXT,
  clipName TEXT,
  clipFingerprint TEXT,
  settings TEXT NOT NULL,
  machine TEXT NOT NULL,
  lastSwept TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
, lpipsName TEXT, lpipsFingerprint TEXT) STRICT;
INSERT INTO "run" VALUES(1,'d5f87a5fa4f19278ae2a6f8302eb2d46df76ee8d62a2e2547d169f905ef376b1','demo-d5f87a5f','2026-11-26 11:13:45.750','tome-eval sweep --prompts two.txt --steps 2 --ratios 0,0.5,0.9 --size 64x64 --seeds 0,7 --output run','0.1.0 (checkout at dc02726a7883)','demo','60a3b12865633656c87eb47be4e285179e9ec7b0152bc80fcce7d03a62dd243e','A small demonstration model; its CLIP scores compare with nothing outside this checkpoint.','demo/clip','bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6','{"attention":"tiled","guidanceScale":3,"height":64,"negativePrompt":"","promptSet":"two.txt","ratios":[0,0.5,0.9],"scheduler":"ddim","seeds":[0,7],"steps":2,"width":64}','{"blasCore":"AVX-512 BF16","cores":2,"cpu":"Intel(R) Xeon(R) Processor","memoryBytes":25325268992,"os":"Debian GNU\/Linux 12 (bookworm)","threads":2}','2026-11-26 11:13:45.754',NULL,NULL);
CREATE TABLE sample (
  id INTEGER PRIMARY KEY,
  promptID INTEGER NOT NULL REFERENCES prompt ON DELETE CASCADE,
  variantID INTEGER NOT NULL REFERENCES variant ON DELETE CASCADE,
  seed INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'failed')),
  contentKey TEXT NOT NULL,
  imagePath TEXT,
  imageHash TEXT,
  latentsHash TEXT,
  seconds REAL,
  secondsPerStep REAL,
  stageSeconds TEXT,
  peakMemoryBytes INTEGER,
  mergeStatistics TEXT,
  error TEXT,
  UNIQUE (promptID, variantID, seed),
  CHECK (state <> 'done' OR imagePath IS NOT NULL)
) STRICT;
INSERT INTO "sample" VALUES(1,1,1,0,'done','9603c17025349f35b8adfd08dea35a30f1a011fe2235d7ba8fff62d59222fc46','images/0001-s0-r0-9603c170.png','0368c9ab5c82526d57d53c4163441b6f20fc04121c428a186a11b6b3976ee6eb','021bcbbb1b4691d7e82dac841288ff2a3224cd7939ad6c95bedd4a68a164f464',0.079958195,2.80296869999999975764e-02,'{"decode":0.013360374,"denoise":0.056059373999999995,"text":0.00786617,"write":0.002672277}',86904832,NULL,NULL);
INSERT INTO "sample" VALUES(2,1,2,0,'done','ae11df16dc48a102eee4dfb34385b64c326995ec060553ac05c7648c3d05a962','images/0001-s0-r0.5-ae11df16.png','bc879c7473b37ab10e5ae1d673a742970c7aaa25bbf5cfd6eb8195ce47bcc547','508d2338b18b24f25c7d934b73a6cfb6a068834d53dadd1e5599180e129363a8',0.073972312,0.0258155285,'{"decode":0.0121366,"denoise":0.051631057,"text":0.00786617,"write":0.002338485}',89493504,'{"down_blocks.0.attentions.0.transformer_blocks.0.effective_ratio":0.5,"down_blocks.0.attentions.0.transformer_blocks.0.mean_similarity":0.48035953333601356,"down_blocks.0.attentions.0.transformer_blocks.0.minimum_similarity":0.3477984368801117,"down_blocks.0.attentions.0.transformer_blocks.0.tokens_kept":32,"effective_ratio":0.5,"mean_similarity":0.7856691591441631,"minimum_similarity":0.3477984368801117,"tokens_kept":32,"up_blocks.3.attentions.0.transformer_blocks.0.effective_ratio":0.5,"up_blocks.3.attentions.0.transformer_blocks.0.mean_similarity":0.9623150718398392,"up_blocks.3.attentions.0.transformer_blocks.0.minimum_similarity":0.9142091274261475,"up_blocks.3.attentions.0.transformer_blocks.0.tokens_kept":32,"up_blocks.3.attentions.1.transformer_blocks.0.effective_ratio":0.5,"up_blocks.3.attentions.1.transformer_blocks.0.mean_similarity":0.9143328722566366,"up_blocks.3.attentions.1.transformer_blocks.0.minimum_similarity":0.7890995144844055,"up_blocks.3.attentions.1.transformer_blocks.0.tokens_kept":32}',NULL);
INSERT INTO "sample" VALUES(3,1,3,0,'done','8a9361d3f97991a13d2c9f2002055f6a61e6bdd24c9836af155d16dd0d5e5ad5','images/0001-s0-r0.9-8a9361d3.png','2ec20ef88924244e8a4b16a3e24a18cef80db5527cb839b864b02fe954c42787','2a590936023ed5cde3a6c2664a129ca9eafb783fb73f58f9cde7c57b5069d4c8',0.07069113,0.0251733705,'{"decode":0.010292637,"denoise":0.050346741,"text":0.00786617,"write":0.002185582}',90853376,'{"down_blocks.0.attentions.0.transformer_blocks.0.effective_ratio":0.75,"down_blocks.0.attentions.0.transformer_blocks.0.mean_similarity":0.427836203482002,"down_blocks.0.attentions.0.transformer_blocks.0.minimum_similarity":0.15062913298606873,"down_blocks.0.attentions.0.transformer_blocks.0.tokens_kept":16,"effective_ratio":0.75,"mean_similarity":0.7589950416133635,"minimum_similarity":0.15062913298606873,"tokens_kept":16,"up_blocks.3.attentions.0.transformer_blocks.0.effective_ratio":0.75,"up_blocks.3.attentions.0.transformer_blocks.0.mean_similarity":0.9485095475489894,"up_blocks.3.attentions.0.transformer_blocks.0.minimum_similarity":0.8383200168609619,"up_blocks.3.attentions.0.transformer_blocks.0.tokens_kept":16,"up_blocks.3.attentions.1.transformer_blocks.0.effective_ratio":0.75,"up_blocks.3.attentions.1.transformer_blocks.0.mean_similarity":0.9006393738090992,"up_blocks.3.attentions.1.transformer_blocks.0.minimum_similarity":0.6598907113075256,"up_blocks.3.attentions.1.transformer_blocks.0.tokens_kept":16}',NULL);
INSERT INTO "sample" VALUES(4,1,1,7,'done','1c37fdf5693a14253c2c86223cddf41bda6457b642b40c066e701d644fe45658','images/0001-s7-r0-1c37fdf5.png','1bccba491268361ccc91abbd96047f4518474e66301a36472fe9409dfab6837e','44bed89aee544c9b979ee586c2092d5b059fa54bd7e532c46cf779415db35066',0.0698245,0.024600786,'{"decode":0.010735953,"denoise":0.049201572,"text":0.00786617,"write":0.002020805}',92733440,NULL,NULL);
INSERT INTO "sample" VALUES(5,1,2,7,'done','98a060a488d30c9caff1e6a1ff0910565e64a10b69a174953a873bf1617fb629','images/0001-s7-r0.5-98a060a4.png','5a92563e4b920b4d6da47f5100792366ac2e308ece5349cbbd2d8aee23532b71','62b41303ca73e4edc544d6e3c22ce2f962020a3715e2ba8b40ba30e0b4349272',7.02151090000000116519e-02,0.024771747,'{"decode":0.010123713,"denoise":0.049543494,"text":0.00786617,"write":0.002681732}',94527488,'{"down_blocks.0.attentions.0.transformer_blocks.0.effective_ratio":0.5,"down_blocks.0.attentions.0.transformer_blocks.0.mean_similarity":0.48959930753335357,"down_blocks.0.attentions.0.transformer_blocks.0.minimum_similarity":0.30845633149147034,"down_blocks.0.attentions.0.transformer_blocks.0.tokens_kept":32,"effective_ratio":0.5,"mean_similarity":0.791589516059806,"minimum_similarity":0.30845633149147034,"tokens_kept":32,"up_blocks.3.attentions.0.transformer_blocks.0.effective_ratio":0.5,"up_blocks.3.attentions.0.transformer_blocks.0.mean_similarity":0.9705897900275886,"up_blocks.3.attentions.0.transformer_blocks.0.minimum_similarity":0.941649317741394,"up_blocks.3.attentions.0.transformer_blocks.0.tokens_kept":32,"up_blocks.3.attentions.1.transformer_blocks.0.effective_ratio":0.5,"up_blocks.3.attentions.1.transformer_blocks.0.mean_similarity":0.9145794506184757,"up_blocks.3.attentions.1.transformer_blocks.0.minimum_similarity":0.7872609496116638,"up_blocks.3.attentions.1.transformer_blocks.0.tokens_kept":32}',NULL);
INSERT INTO "sample" VALUES(6,1,3,7,'done','4e38bac07f6aaf9cac03669dc8ad4783ebea6f5ebb74b3902451c3149f9b8d44','images/0001-s7-r0.9-4e38bac0.png','0ffd203bf02f98186701a05750d8a82869dc4f0e9a5b735733d171d574cc06d5','dbfa71ddde381e1a69387bee4b9621714803e74469b251eeda6e2b41b07dcb9a',0.055189103,1.87744020000000025327e-02,'{"decode":0.008071575,"denoise":0.037548804000000005,"text":0.00786617,"write":0.001702554}',94027776,'{"down_blocks.0.attentions.0.transformer_blocks.0.effective_ratio":0.75,"down_blocks.0.attentions.0.transformer_blocks.0.mean_similarity":0.4399839589993159,"down_blocks.0.attentions.0.transformer_blocks.0.minimum_similarity":0.16885130107402802,"down_blocks.0.attentions.0.transformer_blocks.0.tokens_kept":16,"effective_ratio":0.75,"mean_similarity":0.7576516983616683,"minimum_similarity":0.16885130107402802,"tokens_kept":16,"up_blocks.3.attentions.0.transformer_blocks.0.effective_ratio":0.75,"up_blocks.3.attentions.0.transformer_blocks.0.mean_similarity":0.9516068001588186,"up_blocks.3.attentions.0.transformer_blocks.0.minimum_similarity":0.7394854426383972,"up_blocks.3.attentions.0.transformer_blocks.0.tokens_kept":16,"up_blocks.3.attentions.1.transformer_blocks.0.effective_ratio":0.75,"up_blocks.3.attentions.1.transformer_blocks.0.mean_similarity":0.8813643359268705,"up_blocks.3.attentions.1.transformer_blocks.0.minimum_similarity":0.5168114900588989,"up_blocks.3.attentions.1.transformer_blocks.0.tokens_kept":16}',NULL);
INSERT INTO "sample" VALUES(7,2,1,0,'done','47e1ba41b493f83ef84306470f9a4be1c1911ef1c4b697c63636c2f363d6d6bf','images/0002-s0-r0-47e1ba41.png','416f0ebeca18a7d68557a5624a78ec56165f590cb6ab53cbd26849678a1aded0','2045670ab6bac52ca18c5022eb85b0d01f357bb4f03f574231ee2aedeb6b2c4e',0.049436769,0.0176152045,'{"decode":0.008055746,"denoise":0.035230409,"text":0.00432676,"write":0.001823854}',97390592,NULL,NULL);
INSERT INTO "sample" VALUES(8,2,2,0,'done','0c54905f8016eaa1b6a76a384afc7c7e3d95b6930737b503a535fea5475f8dfb','images/0002-s0-r0.5-0c54905f.png','c3f097c042bba922fe6d2a45426eaaceb41dd76fcedefed0a1f21e18d2ee513a','15e53fdd0e0b146415fb3b2493945392dd3ab54ff1d92a97d602c01e6e3a9f86',0.048541408,0.0173940135,'{"decode":0.007744845,"denoise":0.034788027,"text":0.00432676,"write":0.001681776}',96210944,'{"down_blocks.0.attentions.0.transformer_blocks.0.effective_ratio":0.5,"down_blocks.0.attentions.0.transformer_blocks.0.mean_similarity":0.4899014416150749,"down_blocks.0.attentions.0.transformer_blocks.0.minimum_similarity":0.3477984368801117,"down_blocks.0.attentions.0.transformer_blocks.0.tokens_kept":32,"effective_ratio":0.5,"mean_similarity":0.801730559207499,"minimum_similarity":0.3477984368801117,"tokens_kept":32,"up_blocks.3.attentions.0.transformer_blocks.0.effective_ratio":0.5,"up_blocks.3.attentions.0.transformer_blocks.0.mean_similarity":0.9741191202774644,"up_blocks.3.attentions.0.transformer_blocks.0.minimum_similarity":0.9570448398590088,"up_blocks.3.attentions.0.transformer_blocks.0.tokens_kept":32,"up_blocks.3.attentions.1.transformer_blocks.0.effective_ratio":0.5,"up_blocks.3.attentions.1.transformer_blocks.0.mean_similarity":0.9411711157299578,"up_blocks.3.attentions.1.transformer_blocks.0.minimum_similarity":0.8537255525588989,"up_blocks.3.attentions.1.transformer_blocks.0.tokens_kept":32}',NULL);
INSERT INTO "sample" VALUES(9,2,3,0,'done','789d529373ba7808cc269cf791fb15f9d3b939bec1e381603dccf9d1b0281bc7','images/0002-s0-r0.9-789d5293.png','b6117dc566c1a6aa67b61770c6c98a56b04172f39612f9145fcdde9fe99d2c18','d5e998ea226775eaf665f9a644b77fc042e13c21c6312689a7899799a65edb88',0.049168361,0.0176842795,'{"decode":0.007668331,"denoise":0.035368559,"text":0.00432676,"write":0.001804711}',96337920,'{"down_blocks.0.attentions.0.transformer_blocks.0.effective_ratio":0.75,"down_blocks.0.attentions.0.transformer_blocks.0.mean_similarity":0.4361929485263924,"down_blocks.0.attentions.0.transformer_blocks.0.minimum_similarity":0.15062913298606873,"down_blocks.0.attentions.0.transformer_blocks.0.tokens_kept":16,"effective_ratio":0.75,"mean_similarity":0.7774164359499183,"minimum_similarity":0.15062913298606873,"tokens_kept":16,"up_blocks.3.attentions.0.transformer_blocks.0.effective_ratio":0.75,"up_blocks.3.attentions.0.transformer_blocks.0.mean_similarity":0.9679960474992791,"up_blocks.3.attentions.0.transformer_blocks.0.minimum_similarity":0.9168862104415894,"up_blocks.3.attentions.0.transformer_blocks.0.tokens_kept":16,"up_blocks.3.attentions.1.transformer_blocks.0.effective_ratio":0.75,"up_blocks.3.attentions.1.transformer_blocks.0.mean_similarity":0.9280603118240833,"up_blocks.3.attentions.1.transformer_blocks.0.minimum_similarity":0.7763013243675232,"up_blocks.3.attentions.1.transformer_blocks.0.tokens_kept":16}',NULL);
INSERT INTO "sample" VALUES(10,2,1,7,'done','e5fb2682e439ebedaace6f8e25eb36f4b53e55499811a40d3d4bc18b6d7948cd','images/0002-s7-r0-e5fb2682.png','268f4a887cb557cd60cb3fc0ffa90b715579b6d1f562dd4d4fe242cc052c28e0','bff7ae940998c15b4b1a35127dd190252439b5488419b349ff2e4707c7903dc2',0.047311407,0.0169330055,'{"decode":0.007996749,"denoise":0.033866011,"text":0.00432676,"write":0.001121887}',96342016,NULL,NULL);
INSERT INTO "sample" VALUES(11,2,2,7,'done','3c09a23b672e524b77b914307f00fd2bdf3b733dfab931151b579b9db27dff6f','images/0002-s7-r0.5-3c09a23b.png','2fb8db45446c5efd38cad8cbeb27047ce986638487972784302894c2be3e1ee0','c57f389b3cb37045fb6e5e6bfea0e8e2e2f3b82b5aa3b9b98a454e6d4172f00d',0.04988843,0.018118171,'{"decode":0.008081199,"denoise":0.036236342,"text":0.00432676,"write":0.001244129}',96210944,'{"down_blocks.0.attentions.0.transformer_blocks.0.effective_ratio":0.5,"down_blocks.0.attentions.0.transformer_blocks.0.mean_similarity":0.48278029495850205,"down_blocks.0.attentions.0.transformer_blocks.0.minimum_similarity":0.30845633149147034,"down_blocks.0.attentions.0.transformer_blocks.0.tokens_kept":32,"effective_ratio":0.5,"mean_similarity":0.79673060355708,"minimum_similarity":0.30845633149147034,"tokens_kept":32,"up_blocks.3.attentions.0.transformer_blocks.0.effective_ratio":0.5,"up_blocks.3.attentions.0.transformer_blocks.0.mean_similarity":0.9711579834111035,"up_blocks.3.attentions.0.transformer_blocks.0.minimum_similarity":0.9477772116661072,"up_blocks.3.attentions.0.transformer_blocks.0.tokens_kept":32,"up_blocks.3.attentions.1.transformer_blocks.0.effective_ratio":0.5,"up_blocks.3.attentions.1.transformer_blocks.0.mean_similarity":0.9362535323016346,"up_blocks.3.attentions.1.transformer_blocks.0.minimum_similarity":0.8532332181930542,"up_blocks.3.attentions.1.transformer_blocks.0.tokens_kept":32}',NULL);
INSERT INTO "sample" VALUES(12,2,3,7,'done','6a066867a09a84445bdb146849ae6fca9bac03e91ac4b683ca2f2df279727f24','images/0002-s7-r0.9-6a066867.png','0662ca4ac37ae56eff879d61f917af0bca8fc0c8e8b32ca3183feef1c48e784c','c14af159aae1344d7ebba0dc712bee49d60594aa3a8b36f52a3740eed8401489',0.050185125,0.0181627025,'{"decode":0.0080911,"denoise":0.036325405,"text":0.00432676,"write":0.00144186}',96210944,'{"down_blocks.0.attentions.0.transformer_blocks.0.effective_ratio":0.75,"down_blocks.0.attentions.0.transformer_blocks.0.mean_similarity":0.44194230530411005,"down_blocks.0.attentions.0.transformer_blocks.0.minimum_similarity":0.16885130107402802,"down_blocks.0.attentions.0.transformer_blocks.0.tokens_kept":16,"effective_ratio":0.75,"mean_similarity":0.7770600732829835,"minimum_similarity":0.16885130107402802,"tokens_kept":16,"up_blocks.3.attentions.0.transformer_blocks.0.effective_ratio":0.75,"up_blocks.3.attentions.0.transformer_blocks.0.mean_similarity":0.9653506465256214,"up_blocks.3.attentions.0.transformer_blocks.0.minimum_similarity":0.9023003578186035,"up_blocks.3.attentions.0.transformer_blocks.0.tokens_kept":16,"up_blocks.3.attentions.1.transformer_blocks.0.effective_ratio":0.75,"up_blocks.3.attentions.1.transformer_blocks.0.mean_similarity":0.9238872680192193,"up_blocks.3.attentions.1.transformer_blocks.0.minimum_similarity":0.7643101811408997,"up_blocks.3.attentions.1.transformer_blocks.0.tokens_kept":16}',NULL);
INSERT INTO "sample" VALUES(99,1,9,0,'pending','x',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE score (
  sampleID INTEGER NOT NULL REFERENCES sample ON DELETE CASCADE,
  metric TEXT NOT NULL,
  value REAL,
  clipFingerprint TEXT, lpipsFingerprint TEXT,
  PRIMARY KEY (sampleID, metric)
) STRICT, WITHOUT ROWID;
INSERT INTO "score" VALUES(1,'clip_score',8.13465180484486154437e+01,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(2,'changed_pixels',0.60205078125,NULL,NULL);
INSERT INTO "score" VALUES(2,'clip_image',7.56704802843118500259e+01,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(2,'clip_score',6.85780272931635295199e+01,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(2,'mae',1.40144856770833339254e+01,NULL,NULL);
INSERT INTO "score" VALUES(2,'ms_ssim',NULL,NULL,NULL);
INSERT INTO "score" VALUES(2,'psnr',1.78794063936353033739e+01,NULL,NULL);
INSERT INTO "score" VALUES(2,'rmse',3.25514141597885640075e+01,NULL,NULL);
INSERT INTO "score" VALUES(2,'ssim',8.00215863993039788759e-01,NULL,NULL);
INSERT INTO "score" VALUES(3,'changed_pixels',0.67138671875,NULL,NULL);
INSERT INTO "score" VALUES(3,'clip_image',8.0615503346170442004e+01,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(3,'clip_score',5.7505778137258310779e+01,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(3,'mae',17.112548828125,NULL,NULL);
INSERT INTO "score" VALUES(3,'ms_ssim',NULL,NULL,NULL);
INSERT INTO "score" VALUES(3,'psnr',1.73454274531458061403e+01,NULL,NULL);
INSERT INTO "score" VALUES(3,'rmse',34.6153564244343,NULL,NULL);
INSERT INTO "score" VALUES(3,'ssim',6.53761803532324492493e-01,NULL,NULL);
INSERT INTO "score" VALUES(4,'clip_score',7.59769586616037742024e+01,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(5,'changed_pixels',0.4228515625,NULL,NULL);
INSERT INTO "score" VALUES(5,'clip_image',9.74521496518687229109e+01,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(5,'clip_score',8.15949883901794379391e+01,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(5,'mae',1.21879069010416660743e+01,NULL,NULL);
INSERT INTO "score" VALUES(5,'ms_ssim',NULL,NULL,NULL);
INSERT INTO "score" VALUES(5,'psnr',1.75281148868948086771e+01,NULL,NULL);
INSERT INTO "score" VALUES(5,'rmse',3.38949061764971091301e+01,NULL,NULL);
INSERT INTO "score" VALUES(5,'ssim',8.63368776526710401952e-01,NULL,NULL);
INSERT INTO "score" VALUES(6,'changed_pixels',0.509521484375,NULL,NULL);
INSERT INTO "score" VALUES(6,'clip_image',9.6793646807213917782e+01,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(6,'clip_score',7.32228125799968552209e+01,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(6,'mae',13.896728515625,NULL,NULL);
INSERT INTO "score" VALUES(6,'ms_ssim',NULL,NULL,NULL);
INSERT INTO "score" VALUES(6,'psnr',1.73186222359182835357e+01,NULL,NULL);
INSERT INTO "score" VALUES(6,'rmse',3.47223466577631398885e+01,NULL,NULL);
INSERT INTO "score" VALUES(6,'ssim',8.25793476229358502926e-01,NULL,NULL);
INSERT INTO "score" VALUES(7,'clip_score',-5.07409330442263062366e+00,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(8,'changed_pixels',0.13623046875,NULL,NULL);
INSERT INTO "score" VALUES(8,'clip_image',9.99916736660297402784e+01,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(8,'clip_score',-5.08314225367901073582e+00,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(8,'mae',2.661376953125,NULL,NULL);
INSERT INTO "score" VALUES(8,'ms_ssim',NULL,NULL,NULL);
INSERT INTO "score" VALUES(8,'psnr',3.62111683463814060246e+01,NULL,NULL);
INSERT INTO "score" VALUES(8,'rmse',3.94440738379987809736e+00,NULL,NULL);
INSERT INTO "score" VALUES(8,'ssim',9.83795466681631647354e-01,NULL,NULL);
INSERT INTO "score" VALUES(9,'changed_pixels',0.21142578125,NULL,NULL);
INSERT INTO "score" VALUES(9,'clip_image',9.99971800682427272057e+01,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(9,'clip_score',-5.20140425603373124374e+00,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(9,'mae',2.88899739583333348136e+00,NULL,NULL);
INSERT INTO "score" VALUES(9,'ms_ssim',NULL,NULL,NULL);
INSERT INTO "score" VALUES(9,'psnr',3.54296889883755312662e+01,NULL,NULL);
INSERT INTO "score" VALUES(9,'rmse',4.3157445524111670565e+00,NULL,NULL);
INSERT INTO "score" VALUES(9,'ssim',0.963436421672645,NULL,NULL);
INSERT INTO "score" VALUES(10,'clip_score',1.8341526041331925878e+00,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(11,'changed_pixels',0.02783203125,NULL,NULL);
INSERT INTO "score" VALUES(11,'clip_image',9.98486401415474205105e+01,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(11,'clip_score',3.61474012268100519662e+00,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(11,'mae',5.7967122395833337034e-01,NULL,NULL);
INSERT INTO "score" VALUES(11,'ms_ssim',NULL,NULL,NULL);
INSERT INTO "score" VALUES(11,'psnr',4.19859132492052964389e+01,NULL,NULL);
INSERT INTO "score" VALUES(11,'rmse',2.02882467386703169154e+00,NULL,NULL);
INSERT INTO "score" VALUES(11,'ssim',9.85212603866606251301e-01,NULL,NULL);
INSERT INTO "score" VALUES(12,'changed_pixels',0.022216796875,NULL,NULL);
INSERT INTO "score" VALUES(12,'clip_image',9.99987723638896426354e+01,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(12,'clip_score',1.63876142385223300124e+00,'bb0bdb2063114945085da604785b1208668db5a855b842f72d8ed09eae1ce3d6',NULL);
INSERT INTO "score" VALUES(12,'mae',4.37825520833333314829e-01,NULL,NULL);
INSERT INTO "score" VALUES(12,'ms_ssim',NULL,NULL,NULL);
INSERT INTO "score" VALUES(12,'psnr',4.53005460019244878813e+01,NULL,NULL);
INSERT INTO "score" VALUES(12,'rmse',1.38520126771647644758e+00,NULL,NULL);
INSERT INTO "score" VALUES(12,'ssim',9.93128472240942916648e-01,NULL,NULL);
CREATE TABLE seedNoise (
  promptID INTEGER NOT NULL REFERENCES prompt ON DELETE CASCADE,
  seedA INTEGER NOT NULL,
  seedB INTEGER NOT NULL,
  metric TEXT NOT NULL,
  value REAL,
  PRIMARY KEY (promptID, seedA, seedB, metric)
) STRICT, WITHOUT ROWID;
INSERT INTO "seedNoise" VALUES(1,0,7,'changed_pixels',0.77197265625);
INSERT INTO "seedNoise" VALUES(1,0,7,'clip_image',6.26756379183179248562e+01);
INSERT INTO "seedNoise" VALUES(1,0,7,'mae',3.76509602864583357026e+01);
INSERT INTO "seedNoise" VALUES(1,0,7,'ms_ssim',NULL);
INSERT INTO "seedNoise" VALUES(1,0,7,'psnr',1.13000356075732568685e+01);
INSERT INTO "seedNoise" VALUES(1,0,7,'rmse',69.4285987347118);
INSERT INTO "seedNoise" VALUES(1,0,7,'ssim',5.66832019880401105638e-01);
INSERT INTO "seedNoise" VALUES(2,0,7,'changed_pixels',1.0);
INSERT INTO "seedNoise" VALUES(2,0,7,'clip_image',9.92812773156618106912e+01);
INSERT INTO "seedNoise" VALUES(2,0,7,'mae',2.62113444010416678513e+01);
INSERT INTO "seedNoise" VALUES(2,0,7,'ms_ssim',NULL);
INSERT INTO "seedNoise" VALUES(2,0,7,'psnr',1.86462150736651892657e+01);
INSERT INTO "seedNoise" VALUES(2,0,7,'rmse',2.98009031973899816145e+01);
INSERT INTO "seedNoise" VALUES(2,0,7,'ssim',9.67442986748876410096e-01);
CREATE TABLE variant (
  id INTEGER PRIMARY KEY,
  runID INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  ratio REAL NOT NULL,
  effectiveRatio REAL NOT NULL,
  maxDownsample INTEGER NOT NULL,
  sx INTEGER NOT NULL,
  sy INTEGER NOT NULL,
  useRand INTEGER NOT NULL,
  mergeAttn INTEGER NOT NULL,
  mergeCrossattn INTEGER NOT NULL,
  mergeMlp INTEGER NOT NULL,
  isBaseline INTEGER NOT NULL
, mergeVariant TEXT NOT NULL DEFAULT 'tomesd', steps INTEGER, equalTimeRatio REAL, equalTimeOf TEXT) STRICT;
INSERT INTO "variant" VALUES(1,1,0.0,0.0,1,2,2,1,1,0,0,1,'tomesd',NULL,NULL,NULL);
INSERT INTO "variant" VALUES(2,1,0.5,0.5,1,2,2,1,1,0,0,0,'tomesd',NULL,NULL,NULL);
INSERT INTO "variant" VALUES(3,1,0.9,0.75,1,2,2,1,1,0,0,0,'tomesd',NULL,NULL,NULL);
INSERT INTO "variant" VALUES(9,1,0.0,0.0,1,2,2,1,1,0,0,0,'tomesd',1,0.5,'0.5');
CREATE INDEX prompt_run ON prompt (runID);
CREATE INDEX variant_run ON variant (runID);
CREATE INDEX sample_variant ON sample (variantID);
CREATE INDEX sample_content ON sample (contentKey);
CREATE INDEX nullCheck_run ON nullCheck (runID);
